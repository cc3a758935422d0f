using Krewe.Checker.Histories;
using Krewe.Checker.Verification.Checks;
using static Krewe.Checker.Tests.Verification.Play;

namespace Krewe.Checker.Tests.Verification;

public sealed class OrderTests
{
    private readonly Play _play = new();

    [Fact]
    public void What_was_acknowledged_before_another_was_begun_stands_before_it()
    {
        Swap();

        Assert.Contains(OrderCheck.Reordered, Rules());
    }

    [Fact]
    public void Messages_that_overlap_may_have_any_order_but_the_same_in_both_mailboxes()
    {
        Overlap(null);
        Swap();

        Assert.Contains(OrderCheck.Crossed, Rules());
        Assert.DoesNotContain(OrderCheck.Reordered, Rules());
        Assert.DoesNotContain(OrderCheck.LaneReordered, Rules());
    }

    [Fact]
    public void What_was_under_way_during_a_fault_may_cross()
    {
        Overlap(null);
        Swap();
        _play.Entries.Insert(0, new FaultBegan("kill-core"));

        Assert.Empty(Rules().Intersect([OrderCheck.Crossed, OrderCheck.Reordered]));
    }

    [Fact]
    public void Messages_of_one_connection_have_its_order()
    {
        Overlap("socket");
        Swap();

        Assert.Contains(OrderCheck.LaneReordered, Rules());
    }

    [Fact]
    public void A_retried_message_may_be_overtaken_on_its_connection()
    {
        Overlap("socket");
        _play.Add(new SendInvoked(Romeo, "m1", 2, Juliet, Hash("m1"), "other", "two"), new SendAcked(Romeo, "m1", 2, 1, Time("m1")));
        Swap();

        Assert.DoesNotContain(OrderCheck.LaneReordered, Rules());
        Assert.DoesNotContain(OrderCheck.Crossed, Rules());
    }

    [Fact]
    public void A_page_of_history_without_a_message_is_found()
    {
        _play.Replace<HistoryRead>(_ => true, page => page with { Next = 1, Items = [page.Items[0], Item(1, "m1", Romeo, Juliet)] });

        Assert.Equal([HistoryCheck.Wrong], Rules());
    }

    [Fact]
    public void The_last_page_of_history_goes_back_to_the_first_message()
    {
        _play.Replace<HistoryRead>(_ => true, page => page with { Next = null });

        Assert.Equal([HistoryCheck.Wrong], Rules());
    }

    [Fact]
    public void A_page_of_history_in_another_order_is_found()
    {
        _play.Replace<HistoryRead>(_ => true, page => page with { Items = [.. page.Items.Reverse()] });

        Assert.Equal([HistoryCheck.Wrong], Rules());
    }

    [Fact]
    public void A_history_without_what_one_has_sent_is_stale()
    {
        _play.Replace<HistoryRead>(_ => true, page => page with { InvokedAt = page.At + TimeSpan.FromMinutes(1), Items = [page.Items[1]] });

        Assert.Equal([HistoryCheck.Stale], Rules());
    }

    [Fact]
    public void A_history_may_be_a_moment_old()
    {
        _play.Replace<HistoryRead>(_ => true, page => page with { InvokedAt = page.At, Items = [page.Items[1]] });

        Assert.Empty(Rules());
    }

    [Theory]
    [InlineData(60, false)]
    [InlineData(1, true)]
    public void The_newest_number_goes_back_for_a_moment_at_most(int seconds, bool fine)
    {
        _play.Add(new LastTold(Juliet, 2, 3, _play.Now + TimeSpan.FromSeconds(seconds)));

        Assert.Equal(fine ? [] : [CursorCheck.Backwards], Rules());
    }

    [Fact]
    public void Whoever_comes_with_a_number_is_not_told_of_a_lower_one()
    {
        _play.Add(new LastTold(Juliet, 4, 3, _play.Now));

        Assert.Equal([CursorCheck.Behind], Rules());
    }

    [Fact]
    public void A_cursor_that_was_handed_out_is_never_ahead()
    {
        _play.Add(new ReadRefused(Juliet, "phone", CursorCheck.Ahead, 4, _play.Now));

        Assert.Equal([CursorCheck.Ahead], Rules());
    }

    [Fact]
    public void An_ack_of_what_was_given_is_never_refused()
    {
        _play.Add(new AckInvoked(Juliet, "phone", 3, 4, false), new AckRefused(Juliet, "phone", 3, CursorCheck.Ahead));

        Assert.Equal([CursorCheck.Ahead], Rules());
    }

    [Fact]
    public void Reading_is_not_refused_for_other_reasons()
    {
        _play.Add(new ReadRefused(Juliet, "phone", "unauthorized", 4, _play.Now));

        Assert.Equal([CursorCheck.Refused], Rules());
    }

    private IEnumerable<string> Rules() => _play.Violations.Select(violation => violation.Rule);

    // m2 is begun before m1 is acknowledged.
    private void Overlap(string? lane)
    {
        var begun = _play.Entries.FindIndex(entry => entry is SendInvoked { Id: "m2" });
        var acked = _play.Entries.FindIndex(entry => entry is SendAcked { Id: "m1" });
        (_play.Entries[begun], _play.Entries[acked]) = (_play.Entries[acked] with { At = _play.Entries[begun].At }, _play.Entries[begun] with { At = _play.Entries[acked].At });
        foreach (var id in new[] { "m1", "m2" })
            _play.Replace<SendInvoked>(send => send.Id == id && send.Attempt == 1, send => send with { Lane = lane });
    }

    // In Juliet's mailbox alone.
    private void Swap() => _play.Rewrite(Juliet, items => [items[1] with { Seq = 1 }, items[0] with { Seq = 2 }, .. items.Skip(2)]);
}
