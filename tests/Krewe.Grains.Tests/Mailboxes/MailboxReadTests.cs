using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Grains.Mailboxes;
using static Krewe.Grains.Tests.People;

namespace Krewe.Grains.Tests.Mailboxes;

public sealed class MailboxReadTests
{
    private readonly MailboxFixture _fixture = new();

    [Fact]
    public Task Pages_follow_each_other_without_gap_or_overlap() => Turns.RunAsync(async () =>
    {
        var mailbox = await FilledAsync(25);
        var seen = new List<long>();
        for (long cursor = 0; ;)
        {
            var page = (await mailbox.ReadAsync(cursor, 10)).Value!;
            Assert.Equal(25, page.Last);
            if (page.Items.IsEmpty) break;
            seen.AddRange(page.Items.Select(item => item.Seq));
            cursor = page.Next;
        }
        Assert.Equal(Enumerable.Range(1, 25).Select(seq => (long)seq), seen);
    });

    [Fact]
    public Task A_page_is_bounded_in_bytes_but_holds_at_least_one_item() => Turns.RunAsync(async () =>
    {
        var mailbox = await _fixture.OpenAsync(Juliet);
        for (var i = 0; i < 3; i++) await mailbox.AcceptAsync([Letter(Romeo, Juliet, $"{i}", new string('x', 200_000))]);

        Assert.Single((await mailbox.ReadAsync(0, 10)).Value!.Items);
    });

    [Theory]
    [InlineData(-1, 10, "after"), InlineData(0, 0, "limit"), InlineData(0, 501, "limit")]
    public Task Out_of_range_is_a_bad_request(long after, int limit, string member) => Turns.RunAsync(async () =>
    {
        var fault = (await (await FilledAsync(1)).ReadAsync(after, limit)).Fault!;
        Assert.Equal((FaultCode.BadRequest, member), (fault.Code, fault.Member));
    });

    [Fact]
    public Task A_cursor_beyond_the_newest_item_is_refused_and_told_which_that_is() => Turns.RunAsync(async () =>
    {
        var mailbox = await FilledAsync(2);
        var fault = (await mailbox.ReadAsync(3, 10)).Fault!;
        Assert.Equal((FaultCode.CursorAhead, 2L), (fault.Code, fault.Last));
        Assert.Equal(FaultCode.CursorAhead, (await mailbox.AckAsync("phone", 3, false, 8)).Fault!.Code);
        Assert.Equal(2, (await mailbox.ReadAsync(2, 10)).Value!.Next);
    });

    [Fact]
    public Task A_cursor_from_a_newer_activation_is_not_refused_by_an_older_one_with_items_under_way() => Turns.RunAsync(async () =>
    {
        var older = await FilledAsync(1);
        var newer = await _fixture.OpenAsync(Juliet);
        await newer.AcceptAsync([Letter(Romeo, Juliet, "a"), Letter(Romeo, Juliet, "b")]);
        var gate = new TaskCompletionSource();
        _fixture.Store.Before = _ => gate.Task;
        var underWay = older.AcceptAsync([Letter(Nurse, Juliet, "x"), Letter(Nurse, Juliet, "y"), Letter(Nurse, Juliet, "z")]);

        var read = older.ReadAsync(3, 10).AsTask();
        await Turns.SettleAsync();
        Assert.False(read.IsCompleted);

        gate.SetResult();
        await Assert.ThrowsAsync<MailboxFencedException>(() => read);
        Assert.All(await underWay, outcome => Assert.NotNull(outcome.Fault));
    });

    [Fact]
    public Task A_cursor_before_what_retention_left_is_refused_and_told_the_first() => Turns.RunAsync(async () =>
    {
        var mailbox = await FilledAsync(5);
        await _fixture.Store.TrimAsync(Juliet, 3);

        var fault = (await mailbox.ReadAsync(2, 10)).Fault!;
        Assert.Equal((FaultCode.CursorExpired, 4L), (fault.Code, fault.First));
        Assert.Equal([4, 5], (await mailbox.ReadAsync(3, 10)).Value!.Items.Select(item => item.Seq));
        Assert.Equal(4, (await (await _fixture.OpenAsync(Juliet)).ReadAsync(0, 10)).Fault!.First);
    });

    [Fact]
    public Task History_with_one_peer_comes_newest_first_in_pages() => Turns.RunAsync(async () =>
    {
        var mailbox = await _fixture.OpenAsync(Juliet);
        for (var i = 1; i <= 5; i++)
        {
            await mailbox.AcceptAsync([Letter(Romeo, Juliet, $"r{i}")]);
            await mailbox.AcceptAsync([Letter(Nurse, Juliet, $"n{i}")]);
        }
        var first = (await mailbox.ReadHistoryAsync(Romeo, null, 3)).Value!;
        var second = (await mailbox.ReadHistoryAsync(Romeo, first.Next, 3)).Value!;

        Assert.Equal(["r5", "r4", "r3"], first.Items.Select(item => item.Id));
        Assert.Equal(["r2", "r1"], second.Items.Select(item => item.Id));
        Assert.Null(second.Next);
        Assert.Empty((await mailbox.ReadHistoryAsync(Named("stranger"), null, 3)).Value!.Items);
    });

    [Fact]
    public Task A_full_last_page_of_history_says_that_nothing_is_older() => Turns.RunAsync(async () =>
    {
        var mailbox = await FilledAsync(3);
        Assert.Null((await mailbox.ReadHistoryAsync(Romeo, null, 3)).Value!.Next);
        Assert.Empty((await mailbox.ReadHistoryAsync(Romeo, 1, 3)).Value!.Items);
    });

    private async Task<Mailbox> FilledAsync(int count)
    {
        var mailbox = await _fixture.OpenAsync(Juliet);
        await mailbox.AcceptAsync([.. Enumerable.Range(1, count).Select(i => Letter(Romeo, Juliet, $"{i}"))]);
        return mailbox;
    }
}
