using Krewe.Core.Errors;

namespace Krewe.Grains.Users;

/// <summary>What callers hear when the store is away.</summary>
internal static class StoreFaults
{
    // A store that restarts or fails over is back within seconds; a client that asks once a second does no harm.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public static readonly Fault Unavailable = Fault.Unavailable("The store cannot take it now; nothing was kept.", RetryAfter);

    /// <summary>The user's grain is about to be loaded elsewhere: a moment later it answers.</summary>
    public static readonly Fault Moved = Fault.Unavailable("The mailbox is being loaded again; nothing was kept.", TimeSpan.FromMilliseconds(100));

    /// <summary>Saves, and turns a failure into the answer for the caller.</summary>
    public static async ValueTask<Outcome<Done>> TrySaveAsync<T>(this SavedState<T> state)
    {
        try
        {
            await state.SaveAsync();
            return default(Done);
        }
        catch (Exception)
        {
            // Whatever a storage provider throws (each has its own), the change is undone and the caller may try again.
            return Unavailable;
        }
    }
}
