using Krewe.Checker.Histories;
using Krewe.Checker.Verification;
using Krewe.Checker.Verification.Checks;
using static Krewe.Checker.Tests.Verification.Play;

namespace Krewe.Checker.Tests.Verification;

public sealed class ReceiptTests
{
    private readonly Play _play = new();

    [Fact]
    public void A_receipt_of_what_nobody_acknowledged_is_untrue()
    {
        _play.Entries.RemoveAll(entry => entry is AckInvoked { User: Juliet } or AckDone { User: Juliet });

        Assert.Equal([.. Enumerable.Repeat(ReceiptCheck.Untrue, 4)], Rules());
    }

    [Fact]
    public void A_read_receipt_of_what_was_only_delivered_is_untrue()
    {
        _play.Replace<AckInvoked>(ack => ack is { User: Juliet, Read: true }, ack => ack with { Read = false });

        Assert.Equal([ReceiptCheck.Untrue, ReceiptCheck.Untrue], Rules());
    }

    [Fact]
    public void A_receipt_of_a_message_that_never_came_is_untrue()
    {
        _play.Rewrite(Romeo, items => items.Select(item => item.Seq == 3 ? Receipt(3, Seen.Delivered, "m1", "m2", "m7") : item));

        Assert.Contains(ReceiptCheck.Untrue, Rules());
    }

    [Fact]
    public void A_receipt_before_the_ack_is_early()
    {
        var receipt = _play.Entries.FindIndex(entry => entry is Received { Session: "s2", Item.Seq: 3 });
        _play.Entries[receipt] = _play.Entries[receipt] with { At = TimeSpan.Zero };

        Assert.Equal([ReceiptCheck.Early, ReceiptCheck.Early], Rules());
    }

    [Theory]
    [InlineData(Seen.Delivered)]
    [InlineData(Seen.Read)]
    public void A_second_receipt_is_a_repetition(string kind)
    {
        _play.Rewrite(Romeo, items => [.. items, Receipt(6, kind, "m2")]);

        Assert.Contains(ReceiptCheck.Repeated, Rules());
    }

    [Fact]
    public void A_receipt_that_is_owed_and_does_not_come_is_missing()
    {
        _play.Rewrite(Juliet, items => items.Where(item => item.Seq != 4));
        _play.Remove<Received>(received => received is { Session: "s1", Item.Seq: 4 });
        _play.Remove<LastTold>(_ => true);

        Assert.Equal([ReceiptCheck.Missing], Rules());
    }

    [Fact]
    public void An_ack_without_an_answer_owes_nothing()
    {
        _play.Rewrite(Juliet, items => items.Where(item => item.Seq != 4));
        _play.Remove<Received>(received => received is { Session: "s1", Item.Seq: 4 });
        _play.Remove<LastTold>(_ => true);
        _play.Remove<AckDone>(ack => ack.User == Romeo);

        Assert.Empty(Rules());
    }

    [Theory]
    [InlineData(30, "available", true)]
    [InlineData(90, "away", true)]
    [InlineData(90, "available", false)]
    public void Presence_may_be_stale_within_its_bound_alone(int seconds, string show, bool fine)
    {
        _play.Entries.Add(new PresenceSeen(Juliet, Romeo, show, "contacts") { At = _play.Entries.Last(entry => entry is PresenceSettled).At + TimeSpan.FromSeconds(seconds) });

        Assert.Equal(fine ? [] : [PresenceCheck.Stale], Rules());
    }

    [Fact]
    public void A_history_survives_its_file()
    {
        using var file = new TemporaryFile();

        HistoryFile.Write(file.Path, _play.Entries);

        var read = HistoryFile.Read(file.Path);
        Assert.Equal(_play.Entries.Select(HistoryFile.Line), read.Select(HistoryFile.Line));
        Assert.Empty(Verifier.Verify(read));
    }

    private IEnumerable<string> Rules() => _play.Violations.Select(violation => violation.Rule);

    private sealed class TemporaryFile : IDisposable
    {
        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
