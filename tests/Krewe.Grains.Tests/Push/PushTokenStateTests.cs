using Krewe.Core.Addresses;
using Krewe.Core.Devices;
using Krewe.Grains.Push;
using static Krewe.Grains.Tests.People;

namespace Krewe.Grains.Tests.Push;

public sealed class PushTokenStateTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly PushTokenState _state = new();

    private long Take(Jid owner, int minute, long known = 0, bool fresh = true, string device = "phone") =>
        _state.Take(new PushTokenClaim(owner, device, Noon.AddMinutes(minute), known, fresh), out _);

    [Fact]
    public void The_last_that_registers_has_the_token_and_the_one_before_is_to_be_told()
    {
        var first = Take(Romeo, 0);
        var second = Take(Juliet, 1);
        Assert.True(second > first && first > 0);
        Assert.Equal(new PushTokenHolder(Juliet, "phone"), _state.Holder);
        Assert.Equal([(new PushTokenHolder(Romeo, "phone"), second)], _state.Displaced.Select(former => (former.Key, former.Value)));
    }

    [Fact]
    public void Another_device_of_the_same_user_is_another_holder()
    {
        Take(Romeo, 0);
        Take(Romeo, 1, device: "tablet");
        Assert.Equal([new PushTokenHolder(Romeo, "phone")], _state.Displaced.Keys);
    }

    [Fact]
    public void Who_comes_back_is_no_longer_to_be_told_of_its_loss()
    {
        Take(Romeo, 0);
        Take(Juliet, 1);
        // By a gateway whose clock is behind.
        Assert.Equal(3, Take(Romeo, -5));
        Assert.Equal([new PushTokenHolder(Juliet, "phone")], _state.Displaced.Keys);
    }

    [Fact]
    public void The_holder_keeps_its_claim_however_often_it_asks()
    {
        var claim = Take(Romeo, 0);
        Assert.Equal(claim, Take(Romeo, 1));
        Assert.Equal(claim, Take(Romeo, 1, known: claim, fresh: false));
        Assert.Equal(Noon.AddMinutes(1), _state.RegisteredAt);
    }

    [Fact]
    public void Who_lost_it_does_not_get_it_back_by_asking()
    {
        var claim = Take(Romeo, 0);
        Take(Juliet, 1);
        Assert.Equal(0, Take(Romeo, 0, known: claim, fresh: false));
        Assert.Equal(new PushTokenHolder(Juliet, "phone"), _state.Holder);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(-1, false)]
    public void A_registration_that_died_before_its_claim_counts_by_its_time(int minute, bool wins)
    {
        Take(Juliet, 0);
        Assert.Equal(wins, Take(Romeo, minute, fresh: false) > 0);
        Assert.Equal(wins ? Romeo : Juliet, _state.Holder!.Owner);
    }

    [Fact]
    public void Where_nothing_is_known_any_more_whoever_asks_has_it_and_numbers_do_not_fall() =>
        Assert.Equal(8, Take(Romeo, 0, known: 7, fresh: false));

    [Fact]
    public void A_tokens_name_tells_platforms_and_apps_apart_and_webhooks_have_none()
    {
        var registration = PushFixture.Registration();
        var names = new[] { registration, registration with { App = "other" }, registration with { Platform = PushPlatform.Apns }, registration with { Token = "other" } }
            .Select(PushTokenKey.Of);
        Assert.Equal(4, names.Distinct().Count());
        Assert.Equal(PushTokenKey.Of(registration), PushTokenKey.Of(registration with { Locale = "de" }));
        Assert.Null(PushTokenKey.Of(registration with { Platform = PushPlatform.Webhook }));
    }
}
