namespace Krewe.Grains.Users;

// A user's live sessions and presence.
internal sealed partial class UserGrain
{
    /// <summary>A user with sessions stays: whoever has a connection open is not collected as idle.</summary>
    private void KeepWhileConnected() => DelayDeactivation(_sessions.Count > 0 ? Timeout.InfiniteTimeSpan : TimeSpan.Zero);
}
