using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;

namespace Krewe.Grains.Tests;

internal static class People
{
    public const string Domain = "localhost";
    public static readonly Jid Romeo = Named("romeo");
    public static readonly Jid Juliet = Named("juliet");
    public static readonly Jid Nurse = Named("nurse");

    public static Jid Named(string name) => Jid.FromCanonical($"{name}@{Domain}");

    /// <summary>A message on its way: its place in a mailbox is not known yet.</summary>
    public static MailboxItem Letter(Jid from, Jid to, string id, string? body = null) => new()
    {
        Seq = 0, Kind = ItemKind.Message, Id = id, From = from, To = to, SentAt = DateTimeOffset.UnixEpoch, Body = body ?? $"body of {id}",
    };

    public static Draft Draft(Jid to, string? id = null, string? body = null) => new() { To = to, Id = id, Body = body ?? $"body of {id}" };
}
