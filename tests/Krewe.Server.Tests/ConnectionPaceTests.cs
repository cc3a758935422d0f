using Krewe.Server.Listening;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Server.Tests;

public sealed class ConnectionPaceTests
{
    [Fact]
    public async Task A_storm_is_handed_on_in_order_a_few_at_a_time()
    {
        var time = new FakeTimeProvider();
        var pace = new ConnectionPace(time);
        var turns = Enumerable.Range(0, (2 * ConnectionPace.AtOnce) + 1).Select(_ => pace.EnterAsync()).ToArray();
        Assert.Equal(ConnectionPace.AtOnce, turns.Count(turn => turn.IsCompleted));

        time.Advance(ConnectionPace.Pause);
        await Task.WhenAll(turns[..(2 * ConnectionPace.AtOnce)]).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(turns[^1].IsCompleted);
        Assert.Equal(1, pace.Waiting);

        time.Advance(ConnectionPace.Pause);
        await turns[^1].WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task After_a_pause_nobody_waits()
    {
        var time = new FakeTimeProvider();
        var pace = new ConnectionPace(time);
        for (var i = 0; i < 5; i++)
        {
            Assert.All(Enumerable.Range(0, ConnectionPace.AtOnce).Select(_ => pace.EnterAsync()).ToArray(), turn => Assert.True(turn.IsCompleted));
            time.Advance(ConnectionPace.Pause);
            // The pace notices on its own thread.
            while (pace.Runs) await Task.Yield();
        }
    }
}
