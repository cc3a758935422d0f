using Krewe.Checker.Histories;
using Krewe.Checker.Verification;

namespace Krewe.Checker.Tests.Verification;

/// <summary>
/// A small history without a fault: Romeo writes m1 and m2, Juliet gets, acknowledges and answers them, both mailboxes are read at the end.
/// Tests change one thing and see what the verifier says.
/// </summary>
internal sealed class Play
{
    public const string Romeo = "romeo@localhost", Juliet = "juliet@localhost", Nobody = "nobody@localhost";

    public Play()
    {
        Add(new SessionOpened("s1", Juliet, "phone", "sse", "one", 0));
        Add(new SessionOpened("s2", Romeo, "phone", "ws", "two", 0));
        Send(Romeo, "m1", Juliet, 1);
        Add(new Received("s1", Item(1, "m1", Romeo, Juliet)));
        Send(Romeo, "m2", Juliet, 2);
        Add(new Received("s1", Item(2, "m2", Romeo, Juliet)));
        Add(new Received("s2", Item(1, "m1", Romeo, Juliet)), new Received("s2", Item(2, "m2", Romeo, Juliet)));
        Ack(Juliet, 1, 2, read: false);
        Add(new Received("s2", Receipt(3, Seen.Delivered, "m1", "m2")));
        Ack(Juliet, 2, 2, read: true);
        Add(new Received("s2", Receipt(4, Seen.Read, "m1", "m2")));
        Send(Juliet, "j1", Romeo, 3);
        Add(new Received("s1", Item(3, "j1", Juliet, Romeo)), new Received("s2", Item(5, "j1", Juliet, Romeo)));
        Ack(Romeo, 1, 5, read: true);
        Add(new Received("s1", new Seen(4, Seen.Read, "r-j1", Romeo, Juliet, "", "") { Ids = ["j1"] }));
        Add(new HistoryRead(Juliet, Romeo, null, 2, [Item(3, "j1", Juliet, Romeo), Item(2, "m2", Romeo, Juliet)], default) { At = Now });
        Add(new LastTold(Juliet, 4, 4, Now));
        Add(new FaultsOver(), new PresenceSettled(Romeo, "away"));
        Add(new ListenerEnded(Juliet, "phone", 4), new ListenerEnded(Romeo, "phone", 5));
        Add(new MailboxRead(Romeo, "one", [Item(1, "m1", Romeo, Juliet), Item(2, "m2", Romeo, Juliet), Receipt(3, Seen.Delivered, "m1", "m2"), Receipt(4, Seen.Read, "m1", "m2"), Item(5, "j1", Juliet, Romeo)]));
        Add(new MailboxRead(Juliet, "one",
        [
            Item(1, "m1", Romeo, Juliet), Item(2, "m2", Romeo, Juliet), Item(3, "j1", Juliet, Romeo), new Seen(4, Seen.Read, "r-j1", Romeo, Juliet, "", "") { Ids = ["j1"] },
        ]));
    }

    public List<Entry> Entries { get; } = [];

    public TimeSpan Now => TimeSpan.FromSeconds(Entries.Count);

    public IReadOnlyList<Violation> Violations => Verifier.Verify(Entries);

    public static Seen Item(long seq, string id, string from, string to) => new(seq, Seen.Message, id, from, to, Time(id), Hash(id));

    public static string Time(string id) => $"2026-11-23T10:00:00.00{id[^1]}Z";

    public static string Hash(string id) => $"hash of {id}";

    /// <summary>Of Juliet's, to Romeo.</summary>
    public static Seen Receipt(long seq, string kind, params string[] ids) => new(seq, kind, $"r{seq}", Juliet, Romeo, "", "") { Ids = ids };

    public void Add(params Entry[] entries)
    {
        foreach (var entry in entries) Entries.Add(entry with { At = Now });
    }

    public void Send(string from, string id, string to, long seq, string? lane = null)
    {
        Add(new SendInvoked(from, id, 1, to, Hash(id), lane, "one"));
        Add(new SendAcked(from, id, 1, seq, Time(id)));
    }

    /// <summary>Changes the mailbox that is read at the end.</summary>
    public void Rewrite(string user, Func<List<Seen>, IEnumerable<Seen>> change) => Replace<MailboxRead>(read => read.User == user, read => read with { Items = [.. change([.. read.Items])] });

    public void Replace<T>(Func<T, bool> which, Func<T, Entry> with) where T : Entry
    {
        var place = Entries.FindIndex(entry => entry is T found && which(found));
        Entries[place] = with((T)Entries[place]) with { At = Entries[place].At };
    }

    public void Remove<T>(Func<T, bool> which) where T : Entry => Entries.RemoveAt(Entries.FindIndex(entry => entry is T found && which(found)));

    private void Ack(string user, int number, long seq, bool read) => Add(new AckInvoked(user, "phone", number, seq, read), new AckDone(user, "phone", number));
}
