using Krewe.Checker.Histories;

namespace Krewe.Checker.Verification;

/// <summary>Cuts out of a history what concerns one message or one place; of pages and mailboxes only the items meant.</summary>
internal sealed class Evidence(Story story)
{
    /// <summary>Everything about a message: attempts, answers, where it was seen, receipts that name it.</summary>
    public IReadOnlyList<Entry> OfMessage(string from, string id) => Select(
        entry => entry switch
        {
            SendInvoked send => send.User == from && send.Id == id,
            SendAcked acked => acked.User == from && acked.Id == id,
            SendRefused refused => refused.User == from && refused.Id == id,
            SendUnknown unknown => unknown.User == from && unknown.Id == id,
            _ => false,
        },
        (_, item) => item.Kind == Seen.Message ? item.From == from && item.Id == id : item.To == from && item.Ids?.Contains(id) == true);

    /// <summary>Everything that was seen at one place of one mailbox.</summary>
    public IReadOnlyList<Entry> OfSeq(string user, params long[] seqs) => Select(
        entry => entry is SendAcked acked && acked.User == user && seqs.Contains(acked.Seq),
        (owner, item) => owner == user && seqs.Contains(item.Seq));

    /// <summary>One session from its beginning to its end, near some places.</summary>
    public IReadOnlyList<Entry> OfSession(string session, long seq) => Select(
        entry => entry switch
        {
            SessionOpened opened => opened.Session == session,
            SessionEnded ended => ended.Session == session,
            Received received => received.Session == session && Math.Abs(received.Item.Seq - seq) <= 1,
            _ => false,
        },
        (_, _) => false);

    private List<Entry> Select(Func<Entry, bool> wanted, Func<string, Seen, bool> item)
    {
        var found = new List<Entry>();
        var owners = story.Readings.ToDictionary(reading => reading.Opened.Session, reading => reading.Opened.User);
        foreach (var entry in story.Entries)
        {
            if (wanted(entry))
            {
                found.Add(entry);
                continue;
            }
            switch (entry)
            {
                case Received received when item(owners[received.Session], received.Item):
                    found.Add(received);
                    break;
                case HistoryRead page when page.Items.Any(seen => item(page.User, seen)):
                    found.Add(page with { Items = [.. page.Items.Where(seen => item(page.User, seen))] });
                    break;
                case MailboxRead mailbox when mailbox.Items.Any(seen => item(mailbox.User, seen)):
                    found.Add(mailbox with { Items = [.. mailbox.Items.Where(seen => item(mailbox.User, seen))] });
                    break;
                default:
                    break;
            }
        }
        return found;
    }
}
