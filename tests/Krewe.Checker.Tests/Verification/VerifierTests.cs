using Krewe.Checker.Histories;
using Krewe.Checker.Verification.Checks;
using static Krewe.Checker.Tests.Verification.Play;

namespace Krewe.Checker.Tests.Verification;

public sealed class VerifierTests
{
    private readonly Play _play = new();

    [Fact]
    public void A_history_without_a_fault_is_clean() => Assert.Empty(_play.Violations);

    [Fact]
    public void A_message_that_is_in_neither_mailbox_is_lost()
    {
        _play.Send(Romeo, "m3", Juliet, 6);

        Assert.Equal([AckedCheck.Lost, AckedCheck.Lost], _play.Violations.Select(violation => violation.Rule));
    }

    [Fact]
    public void A_message_that_its_recipient_has_not_is_lost_though_its_sender_has_it()
    {
        _play.Send(Romeo, "m3", Juliet, 6);
        _play.Rewrite(Romeo, items => [.. items, Item(6, "m3", Romeo, Juliet)]);
        _play.Replace<ListenerEnded>(end => end.User == Romeo, end => end with { Cursor = 5 });

        Assert.Equal([AckedCheck.Lost, InventionCheck.OneSided, ListenerCheck.Behind], Rules());
    }

    [Fact]
    public void The_evidence_of_a_lost_message_is_what_was_done_with_it()
    {
        _play.Send(Romeo, "m3", Juliet, 6);

        Assert.Equal(["SendInvoked", "SendAcked"], _play.Violations[0].Evidence.Select(entry => entry.GetType().Name));
    }

    [Fact]
    public void A_message_under_another_seq_than_acknowledged_is_found()
    {
        _play.Replace<SendAcked>(acked => acked.Id == "m2", acked => acked with { Seq = 7 });

        Assert.Contains(AckedCheck.Elsewhere, Rules());
    }

    [Fact]
    public void Another_time_than_acknowledged_is_found()
    {
        _play.Replace<SendAcked>(acked => acked.Id == "m2", acked => acked with { SentAt = "2026-11-23T10:00:01.000Z" });

        // In both mailboxes.
        Assert.Equal([AckedCheck.Elsewhere, AckedCheck.Elsewhere], Rules());
    }

    [Fact]
    public void Two_answers_under_one_id_must_be_the_same()
    {
        _play.Add(new SendInvoked(Romeo, "m2", 2, Juliet, Hash("m2"), null, "two"));
        _play.Add(new SendAcked(Romeo, "m2", 2, 3, Time("m2")));

        Assert.Equal([AckedCheck.Answers], Rules());
    }

    [Fact]
    public void The_same_answer_again_is_right()
    {
        _play.Add(new SendInvoked(Romeo, "m2", 2, Juliet, Hash("m2"), null, "two"));
        _play.Add(new SendAcked(Romeo, "m2", 2, 2, Time("m2")));

        Assert.Empty(_play.Violations);
    }

    [Theory]
    [InlineData("unauthorized")]
    [InlineData("not-found")]
    [InlineData("id-conflict")]
    public void A_refusal_without_a_reason_is_found(string code)
    {
        _play.Add(new SendInvoked(Romeo, "m3", 1, Juliet, Hash("m3"), null, "one"));
        _play.Add(new SendRefused(Romeo, "m3", 1, code));

        Assert.Equal([AckedCheck.Refused], Rules());
    }

    [Fact]
    public void Refusals_with_a_reason_are_right()
    {
        _play.Add(new SendInvoked(Romeo, "n1", 1, Nobody, Hash("n1"), null, "one"), new SendRefused(Romeo, "n1", 1, "not-found"));
        _play.Add(new SendInvoked(Romeo, "m1", 2, Juliet, "other", null, "one"), new SendRefused(Romeo, "m1", 2, "id-conflict"));

        Assert.Empty(_play.Violations);
    }

    [Fact]
    public void What_was_refused_is_nowhere()
    {
        _play.Add(new SendInvoked(Romeo, "n1", 1, Nobody, Hash("n1"), null, "one"), new SendRefused(Romeo, "n1", 1, "not-found"));
        _play.Rewrite(Romeo, items => [.. items, Item(6, "n1", Romeo, Nobody)]);
        _play.Replace<ListenerEnded>(end => end.User == Romeo, end => end with { Cursor = 5 });

        Assert.Equal([InventionCheck.RefusedButThere, ListenerCheck.Behind], Rules());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_nobody_knows_may_be_there_or_not(bool there)
    {
        _play.Add(new SendInvoked(Romeo, "m3", 1, Juliet, Hash("m3"), null, "one"), new SendUnknown(Romeo, "m3", 1, "cut off"));
        if (there)
        {
            _play.Rewrite(Juliet, items => [.. items, Item(5, "m3", Romeo, Juliet)]);
            _play.Replace<ListenerEnded>(end => end.User == Juliet, end => end with { Cursor = 5 });
            _play.Add(new Received("s1", Item(5, "m3", Romeo, Juliet)));
        }

        Assert.Empty(_play.Violations);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(60, false)]
    public void After_the_faults_an_answer_comes(int seconds, bool fine)
    {
        _play.Add(new SendInvoked(Romeo, "m3", 1, Juliet, Hash("m3"), null, "one"));
        _play.Entries.Add(new SendUnknown(Romeo, "m3", 1, "cut off") { At = _play.Entries.Find(entry => entry is FaultsOver)!.At + TimeSpan.FromSeconds(seconds) });

        Assert.Equal(fine ? [] : [AckedCheck.Unanswered], Rules());
    }

    [Fact]
    public void A_message_that_is_there_twice_is_found()
    {
        _play.Rewrite(Juliet, items => [.. items, Item(5, "m1", Romeo, Juliet)]);

        Assert.Contains(MailboxCheck.Repeated, Rules());
    }

    [Fact]
    public void A_gap_in_the_numbers_is_found()
    {
        _play.Rewrite(Juliet, items => items.Where(item => item.Seq != 2));

        Assert.Contains(MailboxCheck.Gap, Rules());
    }

    [Fact]
    public void Mailboxes_that_differ_by_gateway_are_found()
    {
        _play.Add(new MailboxRead(Juliet, "two", [.. _play.Entries.OfType<MailboxRead>().Single(read => read.User == Juliet).Items.Take(3)]));

        Assert.Equal([MailboxCheck.Different], Rules());
    }

    [Fact]
    public void A_message_that_nobody_sent_is_invented()
    {
        _play.Rewrite(Juliet, items => [.. items, Item(5, "x1", Romeo, Juliet)]);

        Assert.Contains(InventionCheck.Invented, Rules());
    }

    [Fact]
    public void A_message_with_another_body_is_invented()
    {
        _play.Rewrite(Juliet, items => items.Select(item => item.Seq == 2 ? item with { Hash = "other" } : item));

        Assert.Contains(InventionCheck.Invented, Rules());
    }

    [Fact]
    public void A_message_between_others_is_stray()
    {
        _play.Send(Romeo, "m3", "mercutio@localhost", 6);
        _play.Rewrite(Juliet, items => [.. items, Item(5, "m3", Romeo, "mercutio@localhost")]);

        Assert.Contains(InventionCheck.Stray, Rules());
    }

    [Fact]
    public void A_session_that_repeats_an_item_is_found()
    {
        _play.Add(new Received("s1", Item(2, "m2", Romeo, Juliet)));

        Assert.Equal([SessionCheck.Repeated], Rules());
    }

    [Fact]
    public void A_session_that_leaves_an_item_out_is_found()
    {
        _play.Remove<Received>(received => received.Session == "s1" && received.Item.Seq == 2);

        Assert.Equal([SessionCheck.Hole, ListenerCheck.Skipped], Rules());
    }

    [Fact]
    public void An_older_cursor_asks_for_repetition()
    {
        _play.Add(new SessionOpened("s3", Juliet, "phone", "poll", "two", 1), new Received("s3", Item(2, "m2", Romeo, Juliet)));

        Assert.Empty(_play.Violations);
    }

    [Fact]
    public void A_number_that_has_become_another_message_is_found()
    {
        _play.Replace<Received>(received => received.Session == "s1" && received.Item.Seq == 2, received => received with { Item = Item(2, "m9", Romeo, Juliet) });

        Assert.Equal([AgreementCheck.Changed], Rules());
    }

    [Fact]
    public void A_number_that_is_gone_is_found()
    {
        _play.Add(new Received("s1", Item(5, "m9", Romeo, Juliet)));

        Assert.Equal([AgreementCheck.Vanished], Rules());
    }

    [Fact]
    public void A_listener_that_did_not_get_all_is_found()
    {
        _play.Replace<ListenerEnded>(end => end.User == Juliet, end => end with { Cursor = 3 });

        Assert.Equal([ListenerCheck.Behind], Rules());
    }

    private IEnumerable<string> Rules() => _play.Violations.Select(violation => violation.Rule);
}
