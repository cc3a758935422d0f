namespace Krewe.TestKit.Push;

/// <summary>What came, in order, and who waits for what.</summary>
internal sealed class PushLog<TPush>(string service) where TPush : FakePush
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Lock _lock = new();
    private readonly List<TPush> _pushes = [];
    private readonly List<Waiter> _waiters = [];

    public IReadOnlyList<TPush> All
    {
        get
        {
            lock (_lock) return [.. _pushes];
        }
    }

    public void Clear()
    {
        lock (_lock) _pushes.Clear();
    }

    public void Add(TPush push)
    {
        lock (_lock)
        {
            _pushes.Add(push);
            for (var i = _waiters.Count - 1; i >= 0; i--)
            {
                if (!_waiters[i].Try(_pushes)) continue;
                _waiters.RemoveAt(i);
            }
        }
    }

    public async Task<TPush> FirstAsync(Func<TPush, bool> match, TimeSpan? patience)
    {
        TPush? found = null;
        await UntilAsync(pushes => (found = pushes.FirstOrDefault(match)) is not null, patience).ConfigureAwait(false);
        return found!;
    }

    public async Task UntilAsync(Func<IReadOnlyList<TPush>, bool> enough, TimeSpan? patience)
    {
        var waiter = new Waiter(enough);
        lock (_lock)
        {
            if (waiter.Try(_pushes)) return;
            _waiters.Add(waiter);
        }
        try
        {
            await waiter.Done.WaitAsync(patience ?? Patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{service} did not get what the test waits for within {patience ?? Patience}. It got: {Summary()}");
        }
        finally
        {
            lock (_lock) _waiters.Remove(waiter);
        }
    }

    private string Summary()
    {
        lock (_lock)
        {
            var kinds = _pushes.GroupBy(push => push.Taken ? $"{push.Kind ?? "a push"} taken" : $"{push.Status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "no answer"} {push.Reason}");
            return _pushes.Count == 0 ? "nothing." : string.Join(", ", kinds.Select(kind => $"{kind.Count()} × {kind.Key}")) + ".";
        }
    }

    private sealed class Waiter(Func<IReadOnlyList<TPush>, bool> enough)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Done => _done.Task;

        /// <summary>True once it need not be asked again; what the test's condition throws goes to the test.</summary>
        public bool Try(IReadOnlyList<TPush> pushes)
        {
            try
            {
                return enough(pushes) && (_done.TrySetResult() || true);
            }
            catch (Exception error)
            {
                _done.TrySetException(error);
                return true;
            }
        }
    }
}
