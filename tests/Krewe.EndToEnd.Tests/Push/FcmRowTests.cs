using Krewe.TestKit.Push;

namespace Krewe.EndToEnd.Tests.Push;

/// <summary>Each answer of FCM's table, through the real server.</summary>
public sealed class FcmRowTests(PushWorld world) : PushRows("fcm", world)
{
    [Fact]
    public async Task An_unregistered_token_goes_at_once_and_one_that_looks_invalid_or_foreign_when_it_should()
    {
        await LosesTheTokenAsync((FcmReplies.Unregistered, 1), (FcmReplies.SenderIdMismatch, 1), (FcmReplies.InvalidToken, 2));
        Assert.Contains("belongs to another project (SENDER_ID_MISMATCH)", World.Server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_registration_survives_what_is_said_of_the_old_one()
    {
        var device = await World.NewDeviceAsync("fcm");
        var gate = new FakeGate();
        device.Next(FcmReplies.Unregistered with { HeldBy = gate });
        var old = device.Token;
        await World.SendAsync(device);
        await gate.Reached;
        await device.RegisterAsync(old + "-new");
        gate.Open();
        await World.Fcm.WaitAsync(push => push.Token == old && push.Reason == "UNREGISTERED");
        await World.SendAsync(device);
        await device.TakenAsync();
        Assert.True(await device.IsRegisteredAsync());
    }

    [Fact]
    public Task A_message_with_a_bad_field_is_set_aside() =>
        IsSetAsideAsync(1, FcmReplies.InvalidArgument("message.data[0].key"), FcmReplies.InvalidArgument("message.android.ttl"));

    [Fact]
    public async Task Trouble_of_the_service_is_worth_a_retry()
    {
        await IsRetriedAsync(FcmReplies.Unavailable, FcmReplies.Unavailable.After(TimeSpan.FromSeconds(2)), FcmReplies.Internal, FcmReplies.Internal.After(TimeSpan.FromSeconds(2)));
        await IsRetriedAsync(FakeReply.Of(502, "<html>"));
        await IsRetriedAsync(FakeReply.Reset);
        await IsRetriedAsync(FakeReply.GoAway);
    }

    [Fact]
    public async Task A_device_that_gets_too_much_waits_alone_and_is_told_the_newest_state_once()
    {
        var (device, other) = (await World.NewDeviceAsync(FcmReplies.DeviceQuota.After(TimeSpan.FromSeconds(4)), "fcm"), await World.NewDeviceAsync("fcm"));
        await World.SendAsync(device);
        await device.RequestedAsync();
        await World.SendAsync(device);
        await World.SendAsync(other);
        await other.TakenAsync();
        await device.TakenAsync();
        Assert.InRange(device.Taken[0].At - device.Requests[0].At, TimeSpan.FromSeconds(4), TimeSpan.MaxValue);
        Assert.InRange(other.Taken[0].At, device.Requests[0].At, device.Taken[0].At);
        Assert.Equal((2, 2), (Assert.Single(device.Taken).Seq, device.Taken[0].Unread));
    }

    [Fact]
    public async Task A_void_access_token_is_renewed_once_and_nobody_is_alarmed()
    {
        var device = await World.NewDeviceAsync("fcm");
        await World.SendAsync(device);
        await device.TakenAsync();
        var issued = World.Fcm.AccessTokensIssued;
        World.Fcm.RevokeAccessTokens();
        await World.SendAsync(device);
        await device.TakenAsync(2);
        Assert.Equal(issued + 1, World.Fcm.AccessTokensIssued);
        Assert.Null(await World.BrokenAsync("fcm"));
    }

    [Fact]
    public Task A_refusal_of_the_server_breaks_the_lane_until_it_is_mended() =>
        BreaksTheLaneAsync(FcmReplies.ThirdPartyAuthError, FcmReplies.Unauthenticated, FcmReplies.PermissionDenied);
}
