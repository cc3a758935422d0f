using Krewe.Core.Contacts;
using Krewe.Core.Errors;
using Krewe.Grains.Contacts;
using Microsoft.Extensions.Time.Testing;
using static Krewe.Core.Contacts.SubscriptionStanza;
using static Krewe.Grains.Tests.People;

namespace Krewe.Grains.Tests.Contacts;

public sealed class SubscriptionSenderTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _time = new();
    private readonly RosterState _state = new();
    private readonly List<SubscriptionStanza> _sent = [];
    private readonly CancellationTokenSource _stop = new();
    private Func<SubscriptionStanza, Task<Outcome<Done>>> _peer = _ => Task.FromResult<Outcome<Done>>(default(Done));
    private bool _storeWorks = true;
    private int _failures;

    public void Dispose() => _stop.Dispose();

    private OwedStanzas Owed => new(_state.Owed);

    [Fact]
    public Task The_contacts_answer_is_the_callers() => Turns.RunAsync(async () =>
    {
        _peer = _ => Task.FromResult<Outcome<Done>>(Fault.UnknownAddress());
        Owed.Add(Juliet, Subscribe);
        var answer = await Sender().SendAsync(Juliet, Subscribe, Patience);
        Assert.Equal(FaultCode.NotFound, answer.Fault?.Code);
        Assert.Empty(_state.Owed);
    });

    [Fact]
    public Task Stanzas_to_one_contact_go_one_after_the_other_in_order() => Turns.RunAsync(async () =>
    {
        var first = new TaskCompletionSource<Outcome<Done>>();
        _peer = stanza => stanza == Unsubscribe ? first.Task : Task.FromResult<Outcome<Done>>(default(Done));
        Owed.Add(Juliet, Unsubscribe);
        Owed.Add(Juliet, Unsubscribed);
        var sender = Sender();
        var sending = sender.SendAsync(Juliet, Unsubscribed, Patience);
        await Turns.SettleAsync();
        Assert.Equal([Unsubscribe], _sent);
        first.SetResult(default(Done));
        await sending;
        Assert.Equal([Unsubscribe, Unsubscribed], _sent);
    });

    [Fact]
    public Task A_call_that_fails_is_made_again_with_growing_pauses_until_it_succeeds() => Turns.RunAsync(async () =>
    {
        var left = 5;
        _peer = _ => left-- > 0 ? throw new InvalidOperationException("The silo is gone.") : Task.FromResult<Outcome<Done>>(default(Done));
        Owed.Add(Juliet, Subscribe);
        var sending = Sender().SendAsync(Juliet, Subscribe, Patience);
        for (var pause = 100; pause <= 1600; pause *= 2)
        {
            await Turns.SettleAsync();
            Assert.False(sending.IsCompleted);
            _time.Advance(TimeSpan.FromMilliseconds(pause));
        }
        Assert.Null((await sending.InTimeAsync("the sixth attempt succeeds")).Fault);
        Assert.Equal((6, 5), (_sent.Count, _failures));
    });

    [Fact]
    public Task A_caller_does_not_wait_for_ever_but_the_work_goes_on() => Turns.RunAsync(async () =>
    {
        var answer = new TaskCompletionSource<Outcome<Done>>();
        _peer = _ => answer.Task;
        Owed.Add(Juliet, Subscribe);
        var sender = Sender();
        var sending = sender.SendAsync(Juliet, Subscribe, Patience);
        await Turns.SettleAsync();
        _time.Advance(Patience);
        Assert.Equal(FaultCode.Unavailable, (await sending.InTimeAsync("the caller gives up")).Fault?.Code);
        answer.SetResult(default(Done));
        await sender.Idle.InTimeAsync("the stanza is taken after all");
        Assert.Empty(_state.Owed);
    });

    [Fact]
    public Task An_answer_that_cannot_be_saved_is_asked_for_again() => Turns.RunAsync(async () =>
    {
        _storeWorks = false;
        Owed.Add(Juliet, Subscribe);
        var sender = Sender();
        sender.Start(Juliet);
        await Turns.SettleAsync();
        _storeWorks = true;
        _time.Advance(TimeSpan.FromMilliseconds(100));
        await sender.Idle.InTimeAsync("the answer is saved");
        Assert.Equal([Subscribe, Subscribe], _sent);
    });

    [Fact]
    public Task Who_waits_for_a_stanza_that_a_later_one_made_void_is_let_go() => Turns.RunAsync(async () =>
    {
        var first = new TaskCompletionSource<Outcome<Done>>();
        _peer = stanza => stanza == Unsubscribed ? first.Task : Task.FromResult<Outcome<Done>>(default(Done));
        Owed.Add(Juliet, Unsubscribed);
        Owed.Add(Juliet, Subscribe);
        var sender = Sender();
        var sending = sender.SendAsync(Juliet, Subscribe, Patience);
        await Turns.SettleAsync();
        Owed.Add(Juliet, Unsubscribe);
        first.SetResult(default(Done));
        await sending.InTimeAsync("the caller is let go");
        Assert.Equal([Unsubscribed, Unsubscribe], _sent);
    });

    [Fact]
    public Task When_the_grain_goes_what_is_owed_stays_owed() => Turns.RunAsync(async () =>
    {
        _peer = _ => throw new InvalidOperationException("The silo is gone.");
        Owed.Add(Juliet, Subscribe);
        var sending = Sender().SendAsync(Juliet, Subscribe, Patience);
        await Turns.SettleAsync();
        await _stop.CancelAsync();
        Assert.Equal(FaultCode.Unavailable, (await sending.InTimeAsync("the caller is let go")).Fault?.Code);
        Assert.Equal(Subscribe, Owed.Next(Juliet));
    });

    [Fact]
    public Task Many_contacts_are_told_at_once_but_not_all() => Turns.RunAsync(async () =>
    {
        var gate = new TaskCompletionSource<Outcome<Done>>();
        _peer = _ => gate.Task;
        var sender = Sender();
        for (var i = 0; i < 100; i++)
        {
            Owed.Add(Named($"c{i}"), Unsubscribe);
            sender.Start(Named($"c{i}"));
        }
        await Turns.SettleAsync();
        Assert.Equal(32, _sent.Count);
        gate.SetResult(default(Done));
        await sender.Idle.InTimeAsync("all are told");
        Assert.Equal(100, _sent.Count);
    });

    private SubscriptionSender Sender() => new(
        peer => Owed.Next(peer),
        async (_, stanza) =>
        {
            _sent.Add(stanza);
            return await _peer(stanza);
        },
        (peer, stanza, _) =>
        {
            if (_storeWorks) Owed.Settle(peer, stanza);
            return ValueTask.FromResult(_storeWorks);
        },
        (_, _, _) => _failures++,
        _time,
        _stop.Token);
}
