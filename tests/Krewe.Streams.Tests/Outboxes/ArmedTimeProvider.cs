using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Streams.Tests.Outboxes;

/// <summary>A clock that tells when somebody has begun to wait, so that the test can go on to the end of that wait.</summary>
internal sealed class ArmedTimeProvider : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _armed = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _armed.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Waits until a wait has begun, ends it, and tells how long it would have been.</summary>
    public async Task<TimeSpan> PassAsync()
    {
        var due = await _armed.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        Advance(due);
        return due;
    }
}
