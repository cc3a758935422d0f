namespace Krewe.Push.Apns;

/// <summary>Holds the one provider token of a key for the whole cluster: Apple refuses keys that sign more than one in 20 minutes. The key is team and key id.</summary>
[Alias("krewe.IProviderTokenGrain")]
internal interface IProviderTokenGrain : IGrainWithStringKey
{
    /// <summary>The token in use; a new one every half hour.</summary>
    /// <param name="expired">A token that Apple called expired: if it is the one in use and older than 20 minutes, a new one is made.</param>
    [Alias("Get")]
    ValueTask<string> GetAsync(string? expired);
}
