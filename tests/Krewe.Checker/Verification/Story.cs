using Krewe.Checker.Histories;

namespace Krewe.Checker.Verification;

/// <summary>A history, arranged for the checks.</summary>
internal sealed class Story
{
    private readonly Dictionary<(string From, string Id), List<Message>> _messages = [];
    private readonly Dictionary<string, Reading> _readings = [];
    private readonly Dictionary<string, List<MailboxRead>> _mailboxes = [];

    public Story(IReadOnlyList<Entry> entries)
    {
        Entries = entries;
        var open = new Dictionary<(string, string, int), (Message Message, Attempt Attempt)>();
        foreach (var entry in entries)
        {
            switch (entry)
            {
                case SendInvoked send:
                    var attempt = new Attempt(send);
                    var message = MessageOf(send);
                    message.Attempts.Add(attempt);
                    open[(send.User, send.Id, send.Attempt)] = (message, attempt);
                    break;
                case SendAcked acked:
                    var told = open[(acked.User, acked.Id, acked.Attempt)];
                    told.Attempt.Outcome = acked;
                    told.Message.Acknowledge(acked);
                    break;
                case SendRefused refused:
                    open[(refused.User, refused.Id, refused.Attempt)].Attempt.Outcome = refused;
                    break;
                case SendUnknown unknown:
                    open[(unknown.User, unknown.Id, unknown.Attempt)].Attempt.Outcome = unknown;
                    break;
                case SessionOpened opened:
                    _readings.Add(opened.Session, new Reading(opened));
                    break;
                case Received received:
                    _readings[received.Session].Items.Add(received);
                    break;
                case MailboxRead mailbox:
                    if (!_mailboxes.TryGetValue(mailbox.User, out var readings)) _mailboxes.Add(mailbox.User, readings = []);
                    readings.Add(mailbox);
                    break;
                default:
                    break;
            }
        }
        Mailboxes = _mailboxes.ToDictionary(entry => entry.Key, entry => new FinalMailbox(entry.Key, entry.Value[0].Items));
        Evidence = new Evidence(this);
    }

    public IReadOnlyList<Entry> Entries { get; }

    public Evidence Evidence { get; }

    public IEnumerable<Message> Messages => _messages.Values.SelectMany(variants => variants);

    public IReadOnlyCollection<Reading> Readings => _readings.Values;

    /// <summary>Each user's mailbox at the end, as it was read first.</summary>
    public IReadOnlyDictionary<string, FinalMailbox> Mailboxes { get; }

    /// <summary>All that were read, for comparison.</summary>
    public IReadOnlyDictionary<string, List<MailboxRead>> MailboxReads => _mailboxes;

    /// <summary>The contents that were sent under an id; more than one where a conflict was tried.</summary>
    public IReadOnlyList<Message> Find(string from, string id) => _messages.GetValueOrDefault((from, id)) ?? [];

    private Message MessageOf(SendInvoked send)
    {
        if (!_messages.TryGetValue((send.User, send.Id), out var variants)) _messages.Add((send.User, send.Id), variants = []);
        if (variants.Find(variant => (variant.To, variant.Hash) == (send.To, send.Hash)) is { } known) return known;
        var message = new Message(send.User, send.Id, send.To, send.Hash);
        variants.Add(message);
        return message;
    }
}

/// <summary>What one session was given.</summary>
internal sealed record Reading(SessionOpened Opened)
{
    public List<Received> Items { get; } = [];
}

/// <summary>A mailbox when everything is over: what is true.</summary>
internal sealed class FinalMailbox
{
    private readonly Dictionary<long, Seen> _bySeq = [];
    private readonly Dictionary<(string From, string Id), Seen> _messages = [];

    public FinalMailbox(string owner, IReadOnlyList<Seen> items)
    {
        (Owner, Items) = (owner, items);
        foreach (var item in items)
        {
            _bySeq.TryAdd(item.Seq, item);
            if (item.Kind == Seen.Message) _messages.TryAdd((item.From, item.Id), item);
        }
    }

    public string Owner { get; }

    public IReadOnlyList<Seen> Items { get; }

    public long Last => Items.Count == 0 ? 0 : Items[^1].Seq;

    public Seen? At(long seq) => _bySeq.GetValueOrDefault(seq);

    public Seen? Find(string from, string id) => _messages.GetValueOrDefault((from, id));
}
