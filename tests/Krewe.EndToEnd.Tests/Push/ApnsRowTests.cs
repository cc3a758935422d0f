using Krewe.TestKit.Push;

namespace Krewe.EndToEnd.Tests.Push;

/// <summary>Each answer of APNs' table, through the real server.</summary>
public sealed class ApnsRowTests(PushWorld world) : PushRows("apns", world)
{
    private static FakeReply[] Replies(params string[] reasons) => [.. reasons.Select(ApnsReplies.Of)];

    [Fact]
    public async Task Dead_tokens_go_at_once_and_bad_ones_after_a_second_look_in_both_environments()
    {
        var now = TimeProvider.System.GetUtcNow();
        await LosesTheTokenAsync((ApnsReplies.Unregistered(now.AddHours(1)), 1), (ApnsReplies.ExpiredToken(now.AddHours(1)), 1), (ApnsReplies.Of("BadDeviceToken"), 4));
    }

    [Fact]
    public async Task A_token_that_was_dead_before_it_was_registered_stays()
    {
        var device = await World.NewDeviceAsync(ApnsReplies.Unregistered(TimeProvider.System.GetUtcNow().AddHours(-1)), "apns");
        await World.SendAsync(device);
        await device.RequestedAsync();
        await World.SendAsync(device);
        await device.TakenAsync();
        Assert.True(await device.IsRegisteredAsync());
    }

    [Fact]
    public Task What_only_the_operator_can_mend_breaks_the_lane() => BreaksTheLaneAsync(Replies(
        "DeviceTokenNotForTopic", "BadTopic", "MissingTopic", "TopicDisallowed",
        "InvalidProviderToken", "MissingProviderToken", "BadCertificate", "BadCertificateEnvironment", "BadEnvironmentKeyInToken", "Forbidden"));

    [Fact]
    public Task What_only_we_can_mend_is_set_aside() => IsSetAsideAsync(1, Replies(
        "BadCollapseId", "BadExpirationDate", "BadMessageId", "BadPriority", "DuplicateHeaders", "MissingDeviceToken", "PayloadEmpty", "InvalidPushType", "BadPath", "MethodNotAllowed"));

    [Fact]
    public async Task Trouble_of_the_service_is_worth_a_retry()
    {
        await IsRetriedAsync([.. Replies("IdleTimeout", "InternalServerError", "ServiceUnavailable", "Shutdown")]);
        await IsRetriedAsync(ApnsReplies.Of("ServiceUnavailable").After(TimeSpan.FromSeconds(2)), ApnsReplies.Of("TooManyRequests").After(TimeSpan.FromSeconds(2)));
        await IsRetriedAsync(FakeReply.Reset);
    }

    [Fact]
    public async Task A_token_called_expired_is_tried_once_more_and_nobody_is_alarmed()
    {
        var device = await World.NewDeviceAsync(ApnsReplies.Of("ExpiredProviderToken"), "apns");
        await World.SendAsync(device);
        await device.TakenAsync();
        Assert.Equal(2, device.Requests.Count);
        // A second one if the half hour was full meanwhile.
        Assert.InRange(World.Apns.ProviderTokensSeen, 1, 2);
        Assert.Null(await World.BrokenAsync("apns"));
    }

    [Fact]
    public async Task Too_many_provider_tokens_pause_the_lane_and_no_further_one_is_signed()
    {
        await PausesTheLaneAsync(ApnsReplies.Of("TooManyProviderTokenUpdates"));
        // A second one if the half hour was full meanwhile.
        Assert.InRange(World.Apns.ProviderTokensSeen, 1, 2);
    }

    [Fact]
    public async Task A_payload_that_is_too_large_goes_once_more_without_the_preview()
    {
        var device = await World.NewDeviceAsync(ApnsReplies.Of("PayloadTooLarge"), "apns");
        await World.SendAsync(device, "Parting is such sweet sorrow");
        await device.TakenAsync();
        Assert.Equal([true, false], World.Apns.Requests.Where(push => push.Token == device.Token).Select(push => push.Payload.GetRawText().Contains("sorrow", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task GOAWAY_in_the_middle_costs_nothing()
    {
        var devices = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => World.NewDeviceAsync("apns")));
        await World.SendAsync(devices[0]);
        await devices[0].TakenAsync();
        devices[3].Next(FakeReply.GoAway);
        devices[5].Next(FakeReply.Farewell);
        await Task.WhenAll(devices[1..].Select(device => World.SendAsync(device)));
        await Task.WhenAll(devices.Select(device => device.TakenAsync()));
        Assert.All(devices, device => Assert.Single(device.Taken));
        Assert.All(World.Apns.Requests, push => Assert.Equal("HTTP/2", push.Protocol));
    }
}
