// docs/testkit.md shows this file.
using Krewe.Client;
using Krewe.TestKit.Push;

namespace Krewe.TestKit.Tests.Push;

public sealed class PushExample
{
    [Fact]
    public async Task Juliets_phone_is_woken_once_with_the_newest_state_though_FCM_is_in_trouble()
    {
        await using var fcm = await FakeFcm.StartAsync();
        await using var cluster = await KreweCluster.StartAsync(new KreweClusterOptions { Fcm = fcm });
        var romeo = await cluster.CreateUserAsync("romeo");
        var juliet = await cluster.CreateUserAsync("juliet");
        await juliet.RegisterPushAsync("phone", new PushRegistration { Platform = "fcm", Token = "her-phone", App = fcm.ProjectId });

        fcm.Next("her-phone", FcmReplies.Unavailable.After(TimeSpan.FromSeconds(30)), FakeReply.Reset);
        await romeo.SendAsync("juliet", "But soft!");
        await romeo.SendAsync("juliet", "What light through yonder window breaks?");
        await cluster.Clock.AdvanceUntilAsync(fcm.WaitAsync(push => push.Taken), step: TimeSpan.FromSeconds(5));

        var push = Assert.Single(fcm.Taken);
        Assert.Equal(("her-phone", 2, "What light through yonder window breaks?"), (push.Token, push.Unread, push.Data("body")));
        Assert.Equal([503, null, 200], fcm.Requests.Select(request => request.Status));
    }
}
