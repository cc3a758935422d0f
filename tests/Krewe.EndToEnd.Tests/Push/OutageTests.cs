using Krewe.Client;
using Krewe.TestKit.Push;

namespace Krewe.EndToEnd.Tests.Push;

/// <summary>The push service is away, messages come, and the server is killed meanwhile.</summary>
public sealed class OutageTests
{
    private const int Owners = 100, DevicesEach = 10, Readers = 20;
    private const string Password = "wherefore art thou";

    [Fact]
    public async Task A_thousand_devices_get_one_push_each_with_the_newest_state_though_the_server_is_killed_in_the_outage()
    {
        await using var world = await PushWorld.StartAsync("--Krewe:Push:MaxBackoff=00:00:02");
        using var romeo = new KreweClient(world.Server.Http);
        await romeo.SignInAsync("romeo", Password, "second");
        var owners = Enumerable.Range(0, Owners).Select(static n => $"owner-{n}").ToArray();
        foreach (var some in owners.Chunk(8)) await Task.WhenAll(some.Select(owner => RegisterAsync(world, owner)));

        await world.Fcm.StopAsync();
        await SendToAllAsync(romeo, owners, messages: 3);
        await AwayAsync(world);
        await world.KillAndRestartAsync();
        await SendToAllAsync(romeo, owners, messages: 2);
        await AwayAsync(world);
        await Task.WhenAll(owners[..Readers].Select(owner => ReadElsewhereAsync(world, owner)));

        await world.Fcm.StartAgainAsync();
        await Eventually.ThatAsync("nothing waits", async () => (await world.LaneAsync("fcm")).GetProperty("waiting").GetInt64() == 0);

        var expected = owners[Readers..].SelectMany(owner => Enumerable.Range(0, DevicesEach).Select(device => (TokenOf(owner, device), 5L, 5L))).Order();
        Assert.Equal(expected, world.Fcm.Taken.Select(push => (push.Token!, push.Seq!.Value, push.Unread!.Value)).Order());
    }

    private static string TokenOf(string owner, int device) => $"{owner}:device-{device}";

    private static async Task RegisterAsync(PushWorld world, string owner)
    {
        using var client = new KreweClient(world.Server.Http);
        await client.SignUpAsync(owner, Password);
        await client.SignInAsync(owner, Password, "device-0");
        for (var device = 0; device < DevicesEach; device++)
            await client.RegisterPushAsync($"device-{device}", new PushRegistration { Platform = "fcm", Token = world.NeverLogged(TokenOf(owner, device)), App = world.Fcm.ProjectId });
    }

    private static async Task SendToAllAsync(KreweClient romeo, string[] owners, int messages)
    {
        for (var n = 0; n < messages; n++)
            foreach (var some in owners.Chunk(20)) await Task.WhenAll(some.Select(owner => romeo.SendAsync(owner, "But soft!")));
    }

    /// <summary>The server has tried, and has found that it is of no use.</summary>
    private static async Task AwayAsync(PushWorld world) => await Eventually.ThatAsync("the lane rests with all that waits", () => world.LaneAsync("fcm"), static lane =>
        lane.GetProperty("state").GetString() is "resting" or "probing" && lane.GetProperty("waiting").GetInt64() == Owners * DevicesEach);

    private static async Task ReadElsewhereAsync(PushWorld world, string owner)
    {
        using var laptop = new KreweClient(world.Server.Http);
        await laptop.SignInAsync(owner, Password, "laptop");
        var page = await laptop.PollAsync(0);
        await laptop.AckAsync(page.Next, read: true);
    }
}
