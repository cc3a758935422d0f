using Krewe.Core.Addresses;
using Krewe.Core.Presence;
using Krewe.Grains.Presence;
using Microsoft.Extensions.Time.Testing;
using static Krewe.Grains.Tests.People;

namespace Krewe.Grains.Tests.Presence;

public sealed class PresenceOutboxTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, Show> _devices = [];
    private readonly List<string> _sent = [];
    private readonly List<bool> _failures = [];
    private readonly PresenceOutbox _outbox;
    private Func<Jid, Task> _contact = _ => Task.CompletedTask;

    public PresenceOutboxTests() => _outbox = new PresenceOutbox(
        (contact, devices) => [.. (devices ?? _devices.Keys.ToHashSet()).Order().Select(device => Change(device))],
        async (contact, change) =>
        {
            _sent.Add($"{contact.Local} {change.Device} {change.State.Show}");
            await _contact(contact);
        },
        (_, _, again) => _failures.Add(again),
        _time,
        _stop.Token);

    public void Dispose() => _stop.Dispose();

    [Fact]
    public Task Changes_of_one_turn_are_told_once_as_they_are_in_the_end() => Turns.RunAsync(async () =>
    {
        Set("phone", Show.Available);
        Set("phone", Show.Away);
        Set("phone", Show.Dnd);
        await Turns.SettleAsync();
        Assert.Equal(["juliet phone Dnd"], _sent);
        Assert.Equal(0, _outbox.Count);
    });

    [Fact]
    public Task What_changes_during_a_call_goes_into_the_next_one() => Turns.RunAsync(async () =>
    {
        var gate = new TaskCompletionSource();
        _contact = _ => gate.Task;
        Set("phone", Show.Available);
        await Turns.SettleAsync();
        Set("phone", Show.Away);
        Set("desk", Show.Available);
        Set("phone", Show.Offline);
        await Turns.SettleAsync();
        Assert.Equal(["juliet phone Available"], _sent);
        gate.SetResult();
        await Turns.SettleAsync();
        Assert.Equal(["juliet phone Available", "juliet desk Available", "juliet phone Offline"], _sent);
    });

    [Fact]
    public Task A_call_that_fails_is_made_again_with_the_whole_picture_of_that_moment() => Turns.RunAsync(async () =>
    {
        var works = false;
        _contact = _ => works ? Task.CompletedTask : throw new InvalidOperationException("The silo is gone.");
        _devices["desk"] = Show.Xa;
        Set("phone", Show.Available);
        await Turns.SettleAsync();
        works = true;
        _devices["phone"] = Show.Away;
        _time.Advance(TimeSpan.FromMilliseconds(250));
        await Turns.SettleAsync();
        Assert.Equal(["juliet phone Available", "juliet desk Xa", "juliet phone Away"], _sent);
        Assert.Equal([true], _failures);
    });

    [Fact]
    public Task After_about_a_minute_it_gives_up() => Turns.RunAsync(async () =>
    {
        _contact = _ => throw new InvalidOperationException("The silo is gone.");
        Set("phone", Show.Available);
        var waited = TimeSpan.Zero;
        while (_outbox.Count > 0)
        {
            await Turns.SettleAsync();
            if (_outbox.Count == 0) break;
            _time.Advance(TimeSpan.FromMilliseconds(250));
            waited += TimeSpan.FromMilliseconds(250);
        }
        Assert.InRange(waited.TotalSeconds, 40, 60);
        Assert.False(_failures[^1]);
        Assert.All(_failures.SkipLast(1), Assert.True);
    });

    [Fact]
    public Task One_contact_that_does_not_answer_holds_up_nobody() => Turns.RunAsync(async () =>
    {
        var never = new TaskCompletionSource();
        _contact = contact => contact == Nurse ? never.Task : Task.CompletedTask;
        _devices["phone"] = Show.Available;
        _outbox.Add(Nurse, "phone");
        for (var i = 0; i < 200; i++) _outbox.Add(Named($"c{i}"), "phone");
        await Turns.SettleAsync();
        Assert.Equal(201, _sent.Count);
        Assert.Equal(1, _outbox.Count);
    });

    [Fact]
    public Task Many_contacts_are_told_at_once_but_not_all() => Turns.RunAsync(async () =>
    {
        var gate = new TaskCompletionSource();
        _contact = _ => gate.Task;
        _devices["phone"] = Show.Available;
        for (var i = 0; i < 200; i++) _outbox.Add(Named($"c{i}"), "phone");
        await Turns.SettleAsync();
        Assert.Equal(PresenceOutbox.Parallelism, _sent.Count);
        gate.SetResult();
        await Turns.SettleAsync();
        Assert.Equal(200, _sent.Count);
    });

    [Fact]
    public Task Who_asked_for_everything_hears_when_it_was_tried() => Turns.RunAsync(async () =>
    {
        _devices["phone"] = Show.Available;
        await _outbox.AddAll(Juliet).InTimeAsync("the contact is told");
        Assert.Equal(["juliet phone Available"], _sent);

        _contact = _ => throw new InvalidOperationException("The silo is gone.");
        await _outbox.AddAll(Juliet).InTimeAsync("the attempt has failed");
        Assert.Equal(1, _outbox.Count);
    });

    [Fact]
    public Task When_the_grain_goes_it_stops() => Turns.RunAsync(async () =>
    {
        _contact = _ => throw new InvalidOperationException("The silo is gone.");
        Set("phone", Show.Available);
        await Turns.SettleAsync();
        await _stop.CancelAsync();
        _time.Advance(TimeSpan.FromMinutes(1));
        await Turns.SettleAsync();
        Assert.Single(_sent);
    });

    private void Set(string device, Show show)
    {
        _devices[device] = show;
        _outbox.Add(Juliet, device);
    }

    private PresenceChange Change(string device) =>
        new(Romeo, device, new PresenceState { Show = _devices[device] }, new PresenceState { Show = _devices.Values.Max() });
}
