using System.Collections.Concurrent;
using Krewe.Core.Draining;

namespace Krewe.Grains.Draining;

/// <summary>The users whose grains are on this silo, and their way to others when it drains.</summary>
internal sealed class LocalUsers(DrainNews news) : IDrainStep
{
    /// <summary>Grains that move at the same time: each may have a write to wait for.</summary>
    private const int AtOnce = 256;

    private readonly ConcurrentDictionary<GrainId, IGrainContext> _users = new();

    public DrainedKind Kind => DrainedKind.Users;

    public int Left => _users.Count;

    public void Add(IGrainContext user) => _users[user.GrainId] = user;

    public void Remove(IGrainContext user) => _users.TryRemove(new(user.GrainId, user));

    public async Task DrainAsync(CancellationToken deadline)
    {
        // With nowhere to go they stay: a message may still come for them.
        while (!_users.IsEmpty && news.IsAnyoneServing && !deadline.IsCancellationRequested)
        {
            await Parallel.ForEachAsync(_users.Values, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = deadline }, MoveAsync)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async ValueTask MoveAsync(IGrainContext user, CancellationToken deadline)
    {
        // Migration hands the state over instead of having it read again; what is under way ends first, what comes meanwhile is sent after it.
        user.Migrate(null, CancellationToken.None);
        await user.Deactivated.WaitAsync(deadline);
    }
}
