using Krewe.Core.Contacts;
using Krewe.Core.Errors;
using Krewe.Core.Limits;
using Krewe.Grains.Contacts;
using Microsoft.Extensions.Time.Testing;
using static Krewe.Grains.Tests.People;

namespace Krewe.Grains.Tests.Contacts;

public sealed class MutesTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero));
    private readonly RosterState _state = new();

    private DateTimeOffset Now => _time.GetUtcNow();

    private Mutes Mutes(int limit = 10) => new(_state, new LimitOptions { Mutes = limit }, _time);

    [Fact]
    public void A_mute_holds_until_its_time_or_for_ever()
    {
        var mutes = Mutes();
        Assert.Null(mutes.Set(new Mute(Romeo, Now.AddHours(1))));
        Assert.Null(mutes.Set(new Mute(Nurse, null)));
        Assert.True(mutes.Contains(Romeo) && mutes.Contains(Nurse));
        Assert.Equal([new Mute(Nurse, null), new Mute(Romeo, Now.AddHours(1))], mutes.All);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(mutes.Contains(Romeo));
        Assert.Equal([new Mute(Nurse, null)], mutes.All);
        Assert.True(mutes.Remove(Nurse));
        Assert.False(mutes.Remove(Nurse));
        Assert.False(mutes.Contains(Nurse));
    }

    [Fact]
    public void An_end_in_the_past_is_refused_and_changes_nothing()
    {
        var mutes = Mutes();
        mutes.Set(new Mute(Romeo, null));
        Assert.Equal("until", mutes.Set(new Mute(Romeo, Now))?.Member);
        Assert.True(mutes.Contains(Romeo));
    }

    [Fact]
    public void There_is_a_bound_and_mutes_that_are_over_do_not_count()
    {
        var mutes = Mutes(limit: 1);
        Assert.Null(mutes.Set(new Mute(Romeo, Now.AddMinutes(1))));
        Assert.Null(mutes.Set(new Mute(Romeo, Now.AddMinutes(2))));
        Assert.Equal((FaultCode.TooMany, "mutes"), (mutes.Set(new Mute(Nurse, null))!.Code, mutes.Set(new Mute(Nurse, null))!.Member));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(mutes.Set(new Mute(Nurse, null)));
        Assert.Single(_state.Mutes);
    }
}
