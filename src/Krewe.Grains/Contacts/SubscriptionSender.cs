using Krewe.Core.Addresses;
using Krewe.Core.Contacts;
using Krewe.Core.Errors;

namespace Krewe.Grains.Contacts;

/// <summary>Brings the owed stanzas to the contacts: per contact one at a time and in order, again and again until the contact's side has answered.</summary>
/// <remarks>Lives on its grain's scheduler: nothing here is locked. What it does not manage is still owed on disk and goes out with the next activation.</remarks>
/// <param name="next">The stanza that a contact must get next.</param>
/// <param name="call">Calls the contact's grain.</param>
/// <param name="settle">Notes an answer and saves it; false if that failed.</param>
internal sealed class SubscriptionSender(
    Func<Jid, SubscriptionStanza?> next,
    Func<Jid, SubscriptionStanza, ValueTask<Outcome<Done>>> call,
    Func<Jid, SubscriptionStanza, Outcome<Done>, ValueTask<bool>> settle,
    Action<Jid, SubscriptionStanza, Exception?> failed,
    TimeProvider time,
    CancellationToken stopping)
{
    private const int Parallelism = 32;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);
    private static readonly Fault NotYet = Fault.Unavailable("The contact's side cannot be reached now; it is asked again.", TimeSpan.FromSeconds(5));

    private readonly Dictionary<Jid, List<Waiter>> _running = [];
    private readonly Slots _calls = new(Parallelism);
    private TaskCompletionSource? _idle;

    /// <summary>Completes when nothing is owed to anybody, or the grain goes.</summary>
    public Task Idle => _running.Count == 0 ? Task.CompletedTask : (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Sees to it that everything owed to a contact goes out.</summary>
    public void Start(Jid peer) => Start(peer, null);

    /// <summary>The same, and waits for what the contact's side says to one stanza, but no longer than <paramref name="patience"/>:
    /// then the answer is "unavailable" and the work goes on.</summary>
    public async Task<Outcome<Done>> SendAsync(Jid peer, SubscriptionStanza stanza, TimeSpan patience)
    {
        var waiter = new Waiter(stanza, new(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!Start(peer, waiter)) return default(Done);
        try
        {
            return await waiter.Answer.Task.WaitAsync(patience, time);
        }
        catch (TimeoutException)
        {
            return NotYet;
        }
    }

    /// <returns>False if nothing is owed.</returns>
    private bool Start(Jid peer, Waiter? waiter)
    {
        var runs = _running.TryGetValue(peer, out var waiters);
        if (!runs && next(peer) is null) return false;
        waiters ??= _running[peer] = [];
        if (waiter is not null) waiters.Add(waiter);
        if (!runs) _ = RunAsync(peer);
        return true;
    }

    private async Task RunAsync(Jid peer)
    {
        var attempt = 0;
        while (!stopping.IsCancellationRequested && next(peer) is { } stanza)
        {
            var answer = await CallAsync(peer, stanza);
            if (answer.Fault?.Code != FaultCode.Unavailable && await settle(peer, stanza, answer))
            {
                attempt = 0;
                Release(peer, waiter => waiter.Stanza == stanza, answer);
                continue;
            }
            await Task.Delay(TimeSpan.FromTicks(Math.Min(MaxDelay.Ticks, FirstDelay.Ticks << Math.Min(attempt++, 20))), time, stopping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
        // What is still waited for was made void by a later stanza, or the grain goes and the next activation carries on.
        Release(peer, _ => true, stopping.IsCancellationRequested ? NotYet : default(Done));
        _running.Remove(peer);
        if (_running.Count > 0) return;
        _idle?.SetResult();
        _idle = null;
    }

    private async Task<Outcome<Done>> CallAsync(Jid peer, SubscriptionStanza stanza)
    {
        await _calls.TakeAsync();
        try
        {
            var answer = await call(peer, stanza);
            if (answer.Fault?.Code == FaultCode.Unavailable) failed(peer, stanza, null);
            return answer;
        }
        catch (Exception exception)
        {
            // A call between grains may fail whenever a silo dies, in many ways; every stanza is idempotent.
            failed(peer, stanza, exception);
            return NotYet;
        }
        finally
        {
            _calls.Give();
        }
    }

    private void Release(Jid peer, Func<Waiter, bool> whom, Outcome<Done> answer)
    {
        foreach (var waiter in _running[peer].Where(whom).ToArray())
        {
            _running[peer].Remove(waiter);
            waiter.Answer.SetResult(answer);
        }
    }

    private sealed record Waiter(SubscriptionStanza Stanza, TaskCompletionSource<Outcome<Done>> Answer);
}
