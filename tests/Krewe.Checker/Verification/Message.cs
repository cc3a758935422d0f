using Krewe.Checker.Histories;

namespace Krewe.Checker.Verification;

/// <summary>One attempt to send, and what came of it.</summary>
internal sealed record Attempt(SendInvoked Invoked)
{
    /// <summary>Acked, refused or unknown; null: no answer to the end.</summary>
    public Entry? Outcome { get; set; }

    public SendAcked? Acked => Outcome as SendAcked;
}

/// <summary>One content under one id of one sender, with all attempts to send it.</summary>
internal sealed class Message(string from, string id, string to, string hash)
{
    public string From => from;

    public string Id => id;

    public string To => to;

    public string Hash => hash;

    public List<Attempt> Attempts { get; } = [];

    public TimeSpan FirstInvoked => Attempts[0].Invoked.At;

    /// <summary>The first good answer.</summary>
    public SendAcked? Acked { get; private set; }

    /// <summary>The last word on it was a no.</summary>
    public bool IsRefused => Acked is null && Attempts.Exists(attempt => attempt.Outcome is SendRefused);

    public void Acknowledge(SendAcked acked) => Acked ??= acked;

    public bool Is(Seen item) => item.Kind == Seen.Message && (item.Id, item.From, item.To, item.Hash) == (id, from, to, hash);

    public override string ToString() => $"{id} from {from} to {to}";
}
