using Krewe.Core.Presence;
using Krewe.Grains.Presence;
using static Krewe.Grains.Tests.People;

namespace Krewe.Grains.Tests.Presence;

public sealed class ContactPresencesTests
{
    private static readonly SiloAddress CoreA = SiloAddress.FromParsableString("127.0.0.1:1@1");
    private static readonly SiloAddress CoreB = SiloAddress.FromParsableString("127.0.0.1:2@2");
    private static readonly PresenceState Away = new() { Show = Show.Away };
    private readonly ContactPresences _contacts = new();

    [Fact]
    public void The_first_word_of_a_contact_is_news_even_if_it_is_offline()
    {
        Assert.Equal(new PresenceNews(First: true, OverallChanged: false, DeviceChanged: false), _contacts.Apply(Change("", PresenceState.Offline, PresenceState.Offline)));
        Assert.Equal(new PresenceNews(First: false, OverallChanged: false, DeviceChanged: false), _contacts.Apply(Change("", PresenceState.Offline, PresenceState.Offline)));
    }

    [Fact]
    public void A_second_device_is_no_news_of_the_person()
    {
        _contacts.Apply(Change("phone", PresenceState.Available, PresenceState.Available));
        Assert.Equal(new PresenceNews(false, OverallChanged: false, DeviceChanged: true), _contacts.Apply(Change("desk", Away, PresenceState.Available)));
        Assert.Equal(new PresenceNews(false, OverallChanged: true, DeviceChanged: true), _contacts.Apply(Change("phone", PresenceState.Offline, Away)));
        Assert.Equal(Away, _contacts.Overall(Juliet));
    }

    [Fact]
    public void A_snapshot_forgets_devices_that_it_does_not_name()
    {
        _contacts.Apply(Change("phone", PresenceState.Available, PresenceState.Available));
        _contacts.Apply(Change("desk", PresenceState.Available, PresenceState.Available));
        var news = _contacts.Apply(Change("desk", PresenceState.Available, PresenceState.Available) with { Snapshot = true });
        Assert.Equal(new PresenceNews(false, OverallChanged: false, DeviceChanged: true), news);
        Assert.Equal("desk", Assert.Single(_contacts.Picture).Device);
    }

    [Fact]
    public void Another_silo_that_speaks_for_the_contact_begins_anew()
    {
        _contacts.Apply(Change("phone", PresenceState.Available, PresenceState.Available));
        _contacts.Apply(Change("desk", PresenceState.Available, PresenceState.Available) with { Core = CoreB });
        Assert.Equal("desk", Assert.Single(_contacts.Picture).Device);
        Assert.Empty(_contacts.On(CoreA));
        Assert.Equal([Juliet], _contacts.On(CoreB));
    }

    [Fact]
    public void The_picture_builds_every_device_from_nothing()
    {
        _contacts.Apply(Change("phone", PresenceState.Available, PresenceState.Available));
        _contacts.Apply(Change("desk", Away, PresenceState.Available));
        _contacts.Apply(new PresenceChange(Nurse, "", PresenceState.Offline, PresenceState.Offline));
        var copy = new ContactPresences();
        foreach (var change in _contacts.Picture) copy.Apply(change);
        Assert.Equal(_contacts.Picture, copy.Picture);
        Assert.Equal([true, false], _contacts.Picture.Select(change => change.Snapshot));
        Assert.Equal(Nurse, Assert.Single(_contacts.Absent).From);
    }

    [Fact]
    public void Only_who_was_seen_as_available_is_missed_when_forgotten()
    {
        _contacts.Apply(Change("phone", PresenceState.Available, PresenceState.Available));
        Assert.True(_contacts.Forget(Juliet));
        Assert.False(_contacts.Forget(Juliet));
        _contacts.Apply(Change("", PresenceState.Offline, PresenceState.Offline));
        Assert.False(_contacts.Forget(Juliet));
    }

    private static PresenceChange Change(string device, PresenceState state, PresenceState overall) => new(Juliet, device, state, overall) { Core = CoreA };
}
