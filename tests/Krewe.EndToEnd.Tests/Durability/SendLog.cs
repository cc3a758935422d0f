using System.Collections.Concurrent;
using Krewe.Client;

namespace Krewe.EndToEnd.Tests.Durability;

/// <summary>What one sender wrote to one recipient, and what the server said to it.</summary>
internal sealed class SendLog(string sender, string recipient)
{
    private long _next;

    public string Sender => sender;

    public string Recipient => recipient;

    /// <summary>The acknowledged messages by id.</summary>
    public ConcurrentDictionary<string, Sent> Acked { get; } = new();

    /// <summary>The messages whose fate is unknown.</summary>
    public ConcurrentDictionary<string, OutgoingMessage> Unknown { get; } = new();

    public OutgoingMessage Next()
    {
        var number = Interlocked.Increment(ref _next);
        var message = new OutgoingMessage(recipient) { Id = $"{sender}-{number}", Body = $"message {number} of {sender}" };
        Unknown[message.Id] = message;
        return message;
    }

    public void Acknowledge(Sent sent)
    {
        Acked[sent.Id] = sent;
        Unknown.TryRemove(sent.Id, out _);
    }

    /// <summary>Every acknowledged message is in both mailboxes under the place and time that were acknowledged.</summary>
    public void AssertIn(IReadOnlyDictionary<(string?, string?), Item> senders, IReadOnlyDictionary<(string?, string?), Item> recipients)
    {
        foreach (var (id, sent) in Acked)
        {
            var key = ($"{sender}@localhost", id);
            var own = Assert.Contains(key, senders);
            Assert.Equal((sent.Seq, sent.SentAt), (own.Seq, own.SentAt!.Value));
            var theirs = Assert.Contains(key, recipients);
            Assert.Equal((own.Body, own.From, own.To, own.SentAt), (theirs.Body, theirs.From, theirs.To, theirs.SentAt));
        }
    }
}
