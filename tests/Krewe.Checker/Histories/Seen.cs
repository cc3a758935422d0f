using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Krewe.Client;

namespace Krewe.Checker.Histories;

/// <summary>An item of a mailbox as a client saw it; of the body only what tells it from others.</summary>
internal sealed record Seen(long Seq, string Kind, string Id, string From, string To, string SentAt, string Hash)
{
    public const string Message = "message", Delivered = "delivered", Read = "read";

    /// <summary>Of a receipt: the messages that it is about.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    public static Seen Of(Item item) => new(
        item.Seq, item.Kind, item.Id ?? "", item.From ?? "", item.To ?? "", item.SentAt is { } at ? Text(at) : "", HashOf(item.Body)) { Ids = item.Ids };

    public static string Text(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    public static string HashOf(string? body) => body is null ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)).AsSpan(0, 6));

    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsReceipt => Kind is Delivered or Read;

    // Records compare lists by reference.
    public bool Equals(Seen? other) => other is not null
        && (Seq, Kind, Id, From, To, SentAt, Hash) == (other.Seq, other.Kind, other.Id, other.From, other.To, other.SentAt, other.Hash)
        && (Ids ?? []).SequenceEqual(other.Ids ?? []);

    public override int GetHashCode() => HashCode.Combine(Seq, Kind, Id, From);
}
