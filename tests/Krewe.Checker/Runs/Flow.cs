using Krewe.Checker.Clients;
using Krewe.Checker.Histories;

namespace Krewe.Checker.Runs;

/// <summary>Tells when messages flow again: since its begin every user has had something new acknowledged and every listener has got something new.</summary>
internal sealed class Flow : IDisposable
{
    private readonly TaskCompletionSource<TimeSpan> _back = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<(string, string)> _begun = [];
    private readonly HashSet<string> _waiting;
    private readonly IDisposable _watching;
    private readonly TimeSpan _from;

    public Flow(History history, IEnumerable<Listener> listeners)
    {
        _waiting = [.. listeners.SelectMany(listener => new[] { listener.Person.Address, listener.Name })];
        _from = history.Now;
        _watching = history.Watch(See);
    }

    /// <summary>How long it took.</summary>
    public Task<TimeSpan> Back => _back.Task;

    /// <summary>Who is still waited for.</summary>
    public string Missing => string.Join(", ", _waiting);

    public void Dispose() => _watching.Dispose();

    // Under the history's lock.
    private void See(Entry entry)
    {
        switch (entry)
        {
            case SendInvoked { Attempt: 1 } send:
                _begun.Add((send.User, send.Id));
                return;
            case SendAcked acked when _begun.Contains((acked.User, acked.Id)):
                _waiting.Remove(acked.User);
                break;
            case Received { Item.Kind: Seen.Message } received when _begun.Contains((received.Item.From, received.Item.Id)):
                _waiting.Remove(Listener.NameOf(received.Session));
                break;
            default:
                return;
        }
        if (_waiting.Count == 0) _back.TrySetResult(entry.At - _from);
    }
}
