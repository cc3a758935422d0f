using Krewe.Core.Presence;
using Krewe.Grains.Presence;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Grains.Tests.Presence;

public sealed class PresenceMapTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly PresenceMap _map;

    public PresenceMapTests() => _map = new PresenceMap(_time, maxDevices: 4);

    [Fact]
    public void A_device_is_available_from_its_first_session_to_the_end_of_its_last()
    {
        Assert.True(_map.Open("phone", auto: true));
        Assert.False(_map.Open("phone", auto: true));
        Assert.Equal(Show.Available, _map.StateOf("phone").Show);
        Assert.False(_map.Close("phone", auto: true));
        Assert.True(_map.Close("phone", auto: true));
        Assert.Equal(Show.Offline, _map.Overall.Show);
    }

    [Fact]
    public void A_resource_of_xmpp_waits_for_its_word_and_loses_it_with_its_stream()
    {
        Assert.False(_map.Open("tower", auto: false));
        Assert.Equal(Show.Offline, _map.Overall.Show);
        Assert.True(_map.Say("tower", Says(Show.Chat)));
        Assert.True(_map.Close("tower", auto: false));
        Assert.False(_map.Open("tower", auto: false));
    }

    [Fact]
    public void What_a_device_said_before_it_came_counts_when_it_comes()
    {
        Assert.False(_map.Say("phone", Says(Show.Dnd)));
        Assert.Equal(Show.Offline, _map.Overall.Show);
        Assert.True(_map.Open("phone", auto: true));
        Assert.Equal(Show.Dnd, _map.Overall.Show);
    }

    [Fact]
    public void Whoever_says_offline_while_connected_is_offline_for_others()
    {
        _map.Open("phone", auto: true);
        Assert.True(_map.Say("phone", PresenceState.Offline));
        Assert.Equal(Show.Offline, _map.Overall.Show);
        Assert.Empty(_map.Available);
        Assert.True(_map.Say("phone", PresenceState.Available));
    }

    [Fact]
    public void A_word_outlives_a_short_absence_and_no_longer_one()
    {
        _map.Open("phone", auto: true);
        _map.Say("phone", Says(Show.Away));
        _map.Close("phone", auto: true);
        _time.Advance(PresenceMap.Memory - TimeSpan.FromSeconds(1));
        _map.Open("phone", auto: true);
        Assert.Equal(Show.Away, _map.Overall.Show);

        _map.Close("phone", auto: true);
        _time.Advance(PresenceMap.Memory);
        _map.Open("phone", auto: true);
        Assert.Equal(Show.Available, _map.Overall.Show);
    }

    [Fact]
    public void Saying_the_same_again_changes_nothing()
    {
        _map.Open("phone", auto: true);
        Assert.False(_map.Say("phone", PresenceState.Available));
        Assert.True(_map.Say("phone", Says(Show.Away) with { Status = "tea", Extensions = [1, 2] }));
        Assert.False(_map.Say("phone", Says(Show.Away) with { Status = "tea", Extensions = [1, 2] }));
        Assert.True(_map.Say("phone", Says(Show.Away) with { Status = "tea", Extensions = [1, 3] }));
    }

    [Fact]
    public void The_person_looks_as_the_most_available_device()
    {
        Assert.Equal(Show.Offline, _map.Overall.Show);
        foreach (var (device, show) in new[] { ("a", Show.Xa), ("b", Show.Away), ("c", Show.Dnd), ("d", Show.Available) })
        {
            _map.Open(device, auto: true);
            _map.Say(device, Says(show));
        }
        foreach (var (device, left) in new[] { ("d", Show.Dnd), ("c", Show.Away), ("b", Show.Xa), ("a", Show.Offline) })
        {
            _map.Close(device, auto: true);
            Assert.Equal(left, _map.Overall.Show);
        }
    }

    [Fact]
    public void Of_equally_available_devices_the_highest_priority_speaks_and_then_the_latest()
    {
        Speak("a", 5, "first");
        Speak("b", 1, "second");
        Assert.Equal("first", _map.Overall.Status);
        Speak("c", 5, "third");
        Assert.Equal("third", _map.Overall.Status);
        Speak("a", 5, "again");
        Assert.Equal("again", _map.Overall.Status);
    }

    [Fact]
    public void Words_of_devices_that_are_gone_do_not_pile_up()
    {
        _map.Open("here", auto: true);
        for (var i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            _map.Say($"d{i}", Says(Show.Away));
        }
        Assert.Equal(["d97", "d98", "d99"], _map.Said.Select(device => device.Device).Order());
        _time.Advance(PresenceMap.Memory);
        Assert.Empty(_map.Said);
        Assert.Equal(Show.Available, _map.Overall.Show);
    }

    private void Speak(string device, sbyte priority, string status)
    {
        _map.Open(device, auto: true);
        _map.Say(device, new PresenceState { Show = Show.Available, Priority = priority, Status = status });
    }

    private static PresenceState Says(Show show) => new() { Show = show };
}
