namespace Krewe.Server.Listening;

/// <summary>Hands new connections on a few at a time. A storm's thousands would all stand in the thread pool's queue, and everybody else's messages behind them.</summary>
/// <remarks>It clocks itself: the next few go on when the pause between has come through the same queue, so that they wait as long as that is late.</remarks>
internal sealed class ConnectionPace(TimeProvider time)
{
    /// <summary>With the pause, 4 000 a second at most: more than one server lets in by far.</summary>
    internal const int AtOnce = 8;

    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = [];
    private int _left = AtOnce;
    private bool _runs;

    public int Waiting
    {
        get
        {
            lock (_lock) return _waiting.Count;
        }
    }

    /// <summary>Were connections handed on a moment ago?</summary>
    internal bool Runs
    {
        get
        {
            lock (_lock) return _runs;
        }
    }

    /// <summary>Completes when it is this connection's turn; at once as a rule.</summary>
    public Task EnterAsync()
    {
        Task turn;
        lock (_lock)
        {
            if (_left > 0 && _waiting.Count == 0)
            {
                _left--;
                turn = Task.CompletedTask;
            }
            else
            {
                var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Enqueue(waiting);
                turn = waiting.Task;
            }
            if (_runs) return turn;
            _runs = true;
        }
        _ = RunAsync();
        return turn;
    }

    private async Task RunAsync()
    {
        var next = new List<TaskCompletionSource>(AtOnce);
        while (true)
        {
            await Task.Delay(Pause, time);
            lock (_lock)
            {
                if (_waiting.Count == 0)
                {
                    (_left, _runs) = (AtOnce, false);
                    return;
                }
                while (next.Count < AtOnce && _waiting.TryDequeue(out var waiting)) next.Add(waiting);
            }
            next.ForEach(static waiting => waiting.SetResult());
            next.Clear();
        }
    }
}
