using Krewe.TestKit.Push;

namespace Krewe.EndToEnd.Tests.Push;

public sealed class SilenceTests
{
    [Fact]
    public async Task A_service_that_never_answers_is_given_up_and_tried_again_while_others_are_served()
    {
        await using var world = await PushWorld.StartAsync();
        var silent = await Task.WhenAll(new[] { "fcm", "apns", "mipush" }.Select(platform => world.NewDeviceAsync(FakeReply.Never, platform)));
        var others = await Task.WhenAll(new[] { "fcm", "apns", "mipush" }.Select(platform => world.NewDeviceAsync(platform)));
        foreach (var device in silent) await world.SendAsync(device);
        foreach (var device in silent) await device.RequestedAsync();
        foreach (var device in others) await world.SendAsync(device);
        foreach (var device in others) await device.TakenAsync();

        foreach (var device in silent)
        {
            // An attempt has 20 s.
            await Eventually.ThatAsync($"{device.Platform} is tried again", () => Task.FromResult(device.Taken.Count == 1));
            Assert.Equal([null, 200], device.Requests.Select(static push => push.Status));
            Assert.InRange(device.Requests[1].At, others.Single(other => other.Platform == device.Platform).Taken[0].At, DateTimeOffset.MaxValue);
            Assert.True(await device.IsRegisteredAsync());
        }
    }
}
