using Krewe.TestKit.Push;

namespace Krewe.EndToEnd.Tests.Push;

/// <summary>The one row of FCM's table that closes its lane for a minute.</summary>
public sealed class FcmQuotaTests
{
    [Fact]
    public async Task A_project_over_its_quota_rests_a_minute_at_least_and_the_other_services_go_on()
    {
        await using var world = await PushWorld.StartAsync();
        var (device, other) = (await world.NewDeviceAsync(FcmReplies.ProjectQuota.After(TimeSpan.FromSeconds(5)), "fcm"), await world.NewDeviceAsync("fcm"));
        var elsewhere = await world.NewDeviceAsync("apns");
        await world.SendAsync(device);
        var lane = await Eventually.ThatAsync("the lane rests", () => world.LaneAsync("fcm"), static lane => lane.GetProperty("state").GetString() == "resting");
        Assert.InRange(lane.GetProperty("opensAt").GetDateTimeOffset() - device.Requests[0].At, TimeSpan.FromSeconds(55), TimeSpan.FromSeconds(70));
        Assert.Equal("QUOTA_EXCEEDED", lane.GetProperty("why").GetString());
        await world.SendAsync(other);
        await world.SendAsync(elsewhere);
        await elsewhere.TakenAsync();
        Assert.Empty(other.Requests);
        Assert.Single(device.Requests);
        Assert.True(await device.IsRegisteredAsync());
    }
}
