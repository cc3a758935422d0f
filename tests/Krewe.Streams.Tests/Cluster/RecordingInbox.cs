using Krewe.Core.Gateways;

namespace Krewe.Streams.Tests.Cluster;

/// <summary>A gateway that keeps what it gets, and can be held up.</summary>
internal sealed class RecordingInbox : IGatewayInbox, IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<GatewayEvent> _events = [];
    private readonly List<int> _batches = [];
    private readonly List<SiloAddress?> _gaps = [];
    private readonly ManualResetEventSlim _open = new(true);
    private readonly List<(Func<bool> Condition, TaskCompletionSource Done)> _waits = [];
    private int _inside;

    public IReadOnlyList<GatewayEvent> Events
    {
        get
        {
            lock (_lock) return [.. _events];
        }
    }

    public IReadOnlyList<int> Batches
    {
        get
        {
            lock (_lock) return [.. _batches];
        }
    }

    public IReadOnlyList<SiloAddress?> Gaps
    {
        get
        {
            lock (_lock) return [.. _gaps];
        }
    }

    /// <summary>Thrown at the next batch.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Keeps no events, only counts them.</summary>
    public bool CountOnly { get; set; }

    public Action<GatewayEvent>? OnEvent { get; set; }

    public long Count { get; private set; }

    public long BatchCount { get; set; }

    public bool CalledTwiceAtOnce { get; private set; }

    public void Hold() => _open.Reset();

    public void Release() => _open.Set();

    public void Dispose() => _open.Dispose();

    public void Receive(IReadOnlyList<GatewayEvent> batch) => Enter(() =>
    {
        if (Failure is { } failure)
        {
            Failure = null;
            throw failure;
        }
        lock (_lock)
        {
            Count += batch.Count;
            BatchCount++;
            if (!CountOnly)
            {
                _events.AddRange(batch);
                _batches.Add(batch.Count);
            }
        }
        if (OnEvent is not { } onEvent) return;
        foreach (var gatewayEvent in batch) onEvent(gatewayEvent);
    });

    public void GapSuspected(SiloAddress? core) => Enter(() =>
    {
        lock (_lock) _gaps.Add(core);
    });

    public Task Until(int events, string what) => Until(() => _events.Count >= events, () => $"{what}: {Events.Count} of {events} events came");

    public Task UntilCount(long count) => Until(() => Count >= count, () => $"{Count} of {count} events came");

    public Task Until(Func<IReadOnlyList<GatewayEvent>, bool> condition, string failure) => Until(() => condition(_events), () => failure);

    public Task UntilGap(SiloAddress? core, string what) => Until(() => _gaps.Contains(core), () => $"{what}: no gap of {core} was suspected");

    private async Task Until(Func<bool> condition, Func<string> failure)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (condition()) return;
            _waits.Add((condition, done));
        }
        try
        {
            await done.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException)
        {
            Assert.Fail(failure());
        }
    }

    private void Enter(Action action)
    {
        _open.Wait(TimeSpan.FromSeconds(30));
        if (Interlocked.Increment(ref _inside) > 1) CalledTwiceAtOnce = true;
        try
        {
            action();
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
            lock (_lock)
            {
                foreach (var (_, done) in _waits.Where(static wait => wait.Condition())) done.TrySetResult();
                _waits.RemoveAll(static wait => wait.Done.Task.IsCompleted);
            }
        }
    }
}
