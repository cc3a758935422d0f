using Krewe.Core.Push;
using Krewe.Push.Delivery;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Push.Tests;

public sealed class LaneTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly PushOptions _options = new() { Rate = 100 };

    [Fact]
    public void A_paused_lane_rests_as_long_as_the_service_asked_and_then_lets_one_through()
    {
        var lane = new Lane(_options, _time);
        Assert.True(lane.TryEnter(out _));
        lane.Leave(new PushOutcome(PushVerdict.LanePaused, "429") { RetryAfter = TimeSpan.FromSeconds(90) });
        Assert.False(lane.TryEnter(out var retryAt));
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromSeconds(90), retryAt);
        _time.Advance(TimeSpan.FromSeconds(90));
        Assert.True(lane.TryEnter(out _));
        Assert.False(lane.TryEnter(out _));
        lane.Leave(new PushOutcome(PushVerdict.Sent, "OK"));
        Assert.True(lane.TryEnter(out _));
        Assert.True(lane.TryEnter(out _));
    }

    [Fact]
    public void A_service_that_is_away_closes_its_lane_and_is_asked_again_within_a_quarter_of_a_minute()
    {
        var lane = new Lane(_options, _time);
        for (var failure = 0; failure < 8; failure++)
        {
            Assert.True(lane.TryEnter(out _));
            lane.Leave(new PushOutcome(PushVerdict.Retry, "503"));
        }
        Assert.NotNull(lane.Condition.OpensAt);
        for (var rest = 0; rest < 40; rest++)
        {
            Assert.InRange(lane.Condition.OpensAt!.Value - _time.GetUtcNow(), TimeSpan.Zero, TimeSpan.FromSeconds(15));
            _time.Advance(TimeSpan.FromSeconds(15));
            Assert.True(lane.TryEnter(out _));
            lane.Leave(new PushOutcome(PushVerdict.Retry, "503"));
        }
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.True(lane.TryEnter(out _));
        lane.Leave(new PushOutcome(PushVerdict.Sent, "OK"));
        Assert.Null(lane.Condition.OpensAt);
    }

    [Fact]
    public void A_lane_keeps_its_rate()
    {
        var lane = new Lane(_options, _time);
        var entered = 0;
        while (lane.TryEnter(out _)) entered++;
        Assert.Equal(100, entered);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        while (lane.TryEnter(out _)) entered++;
        Assert.Equal(150, entered);
    }

    [Fact]
    public void A_lane_that_the_operator_must_mend_says_so_until_a_push_gets_through()
    {
        var lane = new Lane(_options, _time);
        Assert.True(lane.TryEnter(out _));
        lane.Leave(new PushOutcome(PushVerdict.LaneBroken, "InvalidProviderToken"));
        Assert.True(lane.Condition.State == LaneState.Broken);
        _time.Advance(_options.BrokenLaneRest);
        Assert.True(lane.TryEnter(out _));
        lane.Leave(new PushOutcome(PushVerdict.Sent, "OK"));
        Assert.False(lane.Condition.State == LaneState.Broken);
    }

    [Fact]
    public void Many_enter_at_once_as_far_as_the_rate_goes_and_what_was_not_needed_comes_back()
    {
        var lane = new Lane(_options, _time);
        Assert.Equal(60, lane.Enter(60, out _));
        Assert.Equal(40, lane.Enter(60, out _));
        Assert.Equal(0, lane.Enter(60, out var retryAt));
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromMilliseconds(10), retryAt);
        lane.Return(5);
        Assert.Equal(5, lane.Enter(60, out _));
    }

    [Fact]
    public void A_probe_that_found_nothing_to_send_lets_the_next_one_probe()
    {
        var lane = new Lane(_options, _time);
        Assert.True(lane.TryEnter(out _));
        lane.Leave(new PushOutcome(PushVerdict.LanePaused, "429") { RetryAfter = TimeSpan.FromSeconds(1) });
        Assert.Equal(LaneState.Resting, lane.Condition.State);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((LaneState.Probing, "429"), (lane.Condition.State, lane.Condition.Why));
        Assert.Equal(1, lane.Enter(60, out _));
        Assert.Equal(0, lane.Enter(60, out _));
        lane.Return(1);
        Assert.Equal(1, lane.Enter(60, out _));
        lane.Leave(new PushOutcome(PushVerdict.Sent, "OK"));
        Assert.Equal(60, lane.Enter(60, out _));
        Assert.Equal(LaneState.Open, lane.Condition.State);
    }
}
