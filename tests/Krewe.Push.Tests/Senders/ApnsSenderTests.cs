using Krewe.Core.Devices;
using Krewe.Core.Push;
using Krewe.Push.Apns;
using Krewe.TestKit.Push;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Push.Tests.Senders;

public sealed class ApnsSenderTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly string _key = Path.GetTempFileName();
    private readonly string _token = FakeApns.NewToken();
    private FakeApns _apns = null!;
    private ApnsSender _sender = null!;

    public async ValueTask InitializeAsync()
    {
        _apns = await FakeApns.StartAsync(new FakeApnsOptions { Time = _time });
        await _apns.WriteKeyAsync(_key);
        _sender = NewSender();
    }

    public async ValueTask DisposeAsync()
    {
        _sender.Dispose();
        await _apns.DisposeAsync();
        File.Delete(_key);
    }

    [Theory]
    [InlineData(null, PushKind.Message)]
    [InlineData(PushMode.Notification, PushKind.Message)]
    [InlineData(PushMode.Data, PushKind.Message)]
    [InlineData(null, PushKind.Clear)]
    [InlineData(null, PushKind.Test)]
    internal async Task Every_kind_of_notification_passes_the_strict_service(PushMode? mode, PushKind kind)
    {
        Assert.Equal(PushVerdict.Sent, (await SendAsync(mode: mode, kind: kind)).Verdict);

        var push = Assert.Single(_apns.Taken);
        Assert.Equal((_token, "HTTP/1.1", 42, 3, kind.ToString().ToLowerInvariant()), (push.Token, push.Protocol, push.Seq, push.Unread, push.Kind));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("👩‍👩‍👧‍👦")]
    [InlineData("\"\\")]
    public async Task A_long_preview_is_cut_to_what_the_service_takes(string part) =>
        Assert.Equal(PushVerdict.Sent, (await SendAsync(string.Concat(Enumerable.Repeat(part, 6000)))).Verdict);

    [Fact]
    public async Task A_day_of_pushes_never_uses_a_token_that_is_too_old_or_too_new()
    {
        for (var minute = 0; minute < 24 * 60; minute += 7)
        {
            Assert.Equal(PushVerdict.Sent, (await SendAsync()).Verdict);
            _time.Advance(TimeSpan.FromMinutes(7));
        }
        Assert.InRange(_apns.ProviderTokensSeen, 24, 72);
    }

    [Fact]
    public async Task A_server_that_starts_again_and_again_does_not_sign_too_many_tokens()
    {
        for (var start = 0; start < 60; start++)
        {
            using var sender = NewSender();
            Assert.Equal(PushVerdict.Sent, (await SendAsync(sender: sender)).Verdict);
            _time.Advance(TimeSpan.FromSeconds(95));
        }
    }

    [Fact]
    public async Task A_payload_that_is_too_large_goes_once_more_without_the_preview()
    {
        _apns.Next(ApnsReplies.Of("PayloadTooLarge"));
        Assert.Equal(PushVerdict.Sent, (await SendAsync()).Verdict);
        Assert.DoesNotContain("But soft!", Assert.Single(_apns.Taken).Payload.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_token_is_tried_in_the_other_environment_once()
    {
        _apns.Next(ApnsReplies.Of("BadDeviceToken"));
        Assert.Equal(PushVerdict.Sent, (await SendAsync()).Verdict);
        _apns.Always(ApnsReplies.Of("BadDeviceToken"));
        Assert.Equal(PushVerdict.TokenSuspect, (await SendAsync()).Verdict);
        Assert.Equal(4, _apns.Requests.Count);
    }

    [Fact]
    public async Task A_revoked_key_breaks_the_lane()
    {
        _apns.RevokeKey();
        Assert.Equal(new PushOutcome(PushVerdict.LaneBroken, "InvalidProviderToken"), await SendAsync());
        _apns.RestoreKey();
        Assert.Equal(PushVerdict.Sent, (await SendAsync()).Verdict);
    }

    private ApnsSender NewSender()
    {
        var options = new ApnsOptions { TeamId = _apns.TeamId, KeyId = _apns.KeyId, KeyFile = _key, Topic = _apns.Topic, BaseAddress = _apns.Address };
        return new ApnsSender(options, ProviderTokens.For(options, _time), _time);
    }

    private Task<PushOutcome> SendAsync(string? preview = "But soft!", PushMode? mode = null, PushKind kind = PushKind.Message, ApnsSender? sender = null) =>
        (sender ?? _sender).SendAsync(Notices.For(PushPlatform.Apns, _token, _apns.Topic, preview, mode, kind), CancellationToken.None).AsTask();
}
