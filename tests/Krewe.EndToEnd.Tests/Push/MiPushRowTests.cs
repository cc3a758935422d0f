using Krewe.TestKit.Push;

namespace Krewe.EndToEnd.Tests.Push;

/// <summary>Each answer of Mi Push's table, through the real server.</summary>
public sealed class MiPushRowTests(PushWorld world) : PushRows("mipush", world)
{
    private static FakeReply[] Replies(params int[] codes) => [.. codes.Select(code => MiPushReplies.Of(code))];

    [Fact]
    public Task Invalid_tokens_go() => LosesTheTokenAsync((MiPushReplies.Of(10013), 1), (MiPushReplies.Of(10029), 1));

    [Fact]
    public async Task Trouble_of_the_service_is_worth_a_retry()
    {
        await IsRetriedAsync([.. Replies(10001, 10002, 10003, 10009, 10010, 10011), FakeReply.Of(503), FakeReply.Of(500)]);
        await IsRetriedAsync(FakeReply.Reset);
        await IsRetriedAsync(FakeReply.GoAway);
    }

    [Fact]
    public Task Too_much_pauses_the_lane() => PausesTheLaneAsync(Replies(10022, 10023, 10024, 10027, 10028, 22101));

    [Fact]
    public Task What_only_the_operator_can_mend_breaks_the_lane() => BreaksTheLaneAsync(Replies(
        10004, 10005, 10006, 10008, 10014, 10016, 10017, 10018, 10026, 22000, 22001, 22002, 22003, 22004, 22005, 22006, 22007, 22008, 22022, 21301));

    [Fact]
    public Task What_nobody_knows_is_tried_twice_more_and_set_aside() => IsSetAsideAsync(3, Replies(10012, 20301, 99999));
}
