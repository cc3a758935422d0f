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

    public void AssertIn(IReadOnlyList<Item> senders, IReadOnlyList<Item> recipients)
    {
        foreach (var (id, sent) in Acked)
        {
            var own = Assert.Single(senders, item => item.Id == id && item.Kind == "message");
            Assert.Equal(sent.Seq, own.Seq);
            Assert.Equal(sent.SentAt, own.SentAt);
            var theirs = Assert.Single(recipients, item => item.Id == id && item.Kind == "message");
            Assert.Equal((own.Body, own.From, own.To, own.SentAt), (theirs.Body, theirs.From, theirs.To, theirs.SentAt));
        }
    }
}
