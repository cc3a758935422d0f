using Krewe.TestKit.Push;

namespace Krewe.EndToEnd.Tests.Push;

/// <summary>What the rows of the tables ask for, once a service has answered so.</summary>
public abstract class PushRows(string platform, PushWorld world) : IClassFixture<PushWorld>
{
    protected PushWorld World => world;

    /// <summary>The registration goes, and nothing is tried again.</summary>
    protected async Task LosesTheTokenAsync(params (FakeReply Reply, int Requests)[] rows) => await Task.WhenAll(rows.Select(async row =>
    {
        var device = await World.NewDeviceAsync(platform);
        device.Always(row.Reply);
        await World.SendAsync(device);
        await Eventually.ThatAsync($"{row.Reply.Reason} ends the registration", async () => !await device.IsRegisteredAsync());
        Assert.Equal(row.Requests, device.Requests.Count);
        Assert.Null(await World.SetAsideAsync(device));
        // A new registration is served as if nothing had been.
        await device.RegisterAsync(PushWorld.NewToken(platform));
        await World.SendAsync(device);
        await device.TakenAsync();
        Assert.True(await device.IsRegisteredAsync());
    }));

    /// <summary>The push is set aside with the token kept, and the operator sends it again.</summary>
    protected async Task IsSetAsideAsync(int requests, params FakeReply[] replies) => await Task.WhenAll(replies.Select(async reply =>
    {
        var device = await World.NewDeviceAsync(platform);
        device.Always(reply);
        await World.SendAsync(device);
        Assert.Equal(reply.Reason, await Eventually.ThatAsync($"{reply.Reason} sets the push aside", () => World.SetAsideAsync(device), static reason => reason is not null));
        Assert.Equal(requests, device.Requests.Count);
        Assert.True(await device.IsRegisteredAsync());
        device.Always(null);
        await World.AdminAsync(HttpMethod.Post, $"admin/v1/push/set-aside/{device.Owner}/phone/again");
        await device.TakenAsync();
        Assert.Null(await World.SetAsideAsync(device));
    }));

    /// <summary>The push is tried again until it is taken, once, with the token kept.</summary>
    protected async Task IsRetriedAsync(params FakeReply[] replies)
    {
        // Fewer at a time than close the lane.
        foreach (var some in replies.Chunk(4))
            await Task.WhenAll(some.Select(async reply =>
            {
                var device = await World.NewDeviceAsync(reply, platform);
                await World.SendAsync(device);
                await device.TakenAsync();
                Assert.Equal([false, true], device.Requests.Select(static push => push.Taken));
                if (reply.RetryAfter is { } wait) Assert.InRange(device.Requests[1].At - device.Requests[0].At, wait, TimeSpan.MaxValue);
                Assert.True(await device.IsRegisteredAsync());
            }));
        Assert.Null(await World.BrokenAsync(platform));
    }

    /// <summary>The operator is alarmed, tokens and pushes stay, and all goes on by itself once it is mended.</summary>
    protected async Task BreaksTheLaneAsync(params FakeReply[] replies)
    {
        foreach (var reply in replies)
        {
            var (device, other) = (await World.NewDeviceAsync(platform), await World.NewDeviceAsync(platform));
            device.Always(reply);
            await World.SendAsync(device);
            var detail = await Eventually.ThatAsync($"{reply.Reason} raises an alarm", () => World.BrokenAsync(platform), static detail => detail is not null);
            Assert.Contains(reply.Reason!, detail, StringComparison.Ordinal);
            await World.SendAsync(other);
            Assert.True(await device.IsRegisteredAsync());
            Assert.Null(await World.SetAsideAsync(device));
            device.Always(null);
            await device.TakenAsync();
            await other.TakenAsync();
            Assert.Single(device.Taken);
            await Eventually.ThatAsync($"the alarm about {reply.Reason} ends", async () => await World.BrokenAsync(platform) is null);
            Assert.True(await device.IsRegisteredAsync());
        }
    }

    /// <summary>The whole lane waits and goes on by itself; the operator has nothing to mend.</summary>
    protected async Task PausesTheLaneAsync(params FakeReply[] replies)
    {
        foreach (var reply in replies)
        {
            var (device, other) = (await World.NewDeviceAsync(reply, platform), await World.NewDeviceAsync(platform));
            await World.SendAsync(device);
            await device.RequestedAsync();
            await World.SendAsync(other);
            await device.TakenAsync();
            await other.TakenAsync();
            Assert.Equal(2, device.Requests.Count);
            Assert.True(await device.IsRegisteredAsync());
            Assert.Null(await World.BrokenAsync(platform));
        }
    }
}
