using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;

namespace Krewe.Storage.Tests.Mailboxes;

/// <summary>Who writes to whom in these tests, and what.</summary>
internal static class Letters
{
    public static readonly Jid Romeo = Jid.FromCanonical("romeo@montague.example");
    public static readonly Jid Juliet = Jid.FromCanonical("juliet@capulet.example");
    public static readonly Jid Nurse = Jid.FromCanonical("nurse@capulet.example");

    public static readonly DateTimeOffset Night = new(2026, 11, 23, 10, 0, 0, 123, TimeSpan.Zero);

    public static MailboxItem From(Jid from, Jid to, long seq, string? id = null, string body = "But soft!", DateTimeOffset? at = null) => new()
    {
        Seq = seq, Kind = ItemKind.Message, Id = id ?? $"m{seq}", From = from, To = to, SentAt = at ?? Night, Body = body,
    };

    public static MailboxCommit Commit(Jid owner, params ReadOnlySpan<MailboxItem> items) => new() { Owner = owner, Items = [.. items] };

    /// <summary>Messages from Romeo, with these numbers, in Juliet's mailbox.</summary>
    public static MailboxCommit ToJuliet(long first, int count = 1, string body = "But soft!") => new()
    {
        Owner = Juliet, Items = [.. Range(first, count).Select(seq => From(Romeo, Juliet, seq, body: body))],
    };

    public static IEnumerable<long> Range(long first, int count) => Enumerable.Range(0, count).Select(i => first + i);

    public static IEnumerable<long> Seqs(this MailboxSlice slice) => [.. slice.Items.Select(item => item.Seq)];

    public static IEnumerable<long> Seqs(this ImmutableArray<MailboxItem> items) => [.. items.Select(item => item.Seq)];
}
