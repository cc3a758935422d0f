using Krewe.Core.Accounts;
using Krewe.Core.Limits;
using Krewe.Grains.Users;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Grains.Tests.Users;

public sealed class LoginThrottleTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LimitOptions _limits = new() { LoginFailuresPerAccount = 3, LoginFailureForgiveness = TimeSpan.FromSeconds(30) };

    [Fact]
    public void Failures_close_the_door_and_time_opens_it_for_one_attempt_after_another()
    {
        var throttle = new LoginThrottle(_limits, _time);
        for (var i = 0; i < 3; i++) Fail(throttle);
        Assert.False(throttle.TryBegin(out var wait));
        Assert.Equal(TimeSpan.FromSeconds(30), wait);

        _time.Advance(wait);
        Fail(throttle);
        Assert.False(throttle.TryBegin(out _));
        Assert.False(throttle.IsClear);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(throttle.IsClear);
    }

    [Fact]
    public void A_success_forgives_all()
    {
        var throttle = new LoginThrottle(_limits, _time);
        Fail(throttle);
        Fail(throttle);
        Assert.True(throttle.TryBegin(out _));
        throttle.End(succeeded: true);
        for (var i = 0; i < 3; i++) Fail(throttle);
    }

    [Fact]
    public void Guesses_at_the_same_time_are_bounded_too()
    {
        var throttle = new LoginThrottle(_limits, _time);
        var begun = Enumerable.Range(0, 1_000).Count(_ => throttle.TryBegin(out var _));
        Assert.Equal(30, begun);
        _time.Advance(TimeSpan.FromMinutes(20));
        Assert.True(throttle.IsClear);
    }

    [Fact]
    public void Signed_out_tokens_are_remembered_until_they_expire_and_bounded()
    {
        var state = new AccountState();
        var now = new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);
        var old = new TokenInfo("old", "phone", now.AddMinutes(1));
        state.Revoke(old, now);
        Assert.True(state.IsRevoked(old));
        Assert.False(state.IsRevoked(old with { TokenId = "other" }));

        var tokens = Enumerable.Range(0, 5_000).Select(i => new TokenInfo($"{i}", "phone", now.AddHours(1).AddSeconds(i))).ToList();
        foreach (var token in tokens) state.Revoke(token, now.AddMinutes(2));

        Assert.DoesNotContain("old", state.RevokedTokens.Keys);
        Assert.InRange(state.RevokedTokens.Count, 1, RevokedTokens.Max);
        Assert.All(tokens, token => Assert.True(state.IsRevoked(token)));
        Assert.False(state.IsRevoked(new TokenInfo("new", "phone", now.AddHours(3))));
    }

    private static void Fail(LoginThrottle throttle)
    {
        Assert.True(throttle.TryBegin(out _));
        throttle.End(succeeded: false);
    }
}
