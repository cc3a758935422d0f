using System.Text.Json;
using System.Text.Json.Serialization;

namespace Krewe.Client;

// Client to server: one record a frame type of sub-protocol krewe.v1.json.
internal sealed record SendFrame(
    string Ref, string To, string? Id, string? Body, string? Thread, JsonElement? Data, string? Replaces, PushHints? Push, [property: JsonPropertyOrder(-1)] string Type = "send");

internal sealed record AckFrame(long Seq, bool Read, [property: JsonPropertyOrder(-1)] string Type = "ack");

internal sealed record PresenceFrame(string Show, string? Status, [property: JsonPropertyOrder(-1)] string Type = "presence");

internal sealed record TypingFrame(string To, string State, [property: JsonPropertyOrder(-1)] string Type = "typing");

internal sealed record PingFrame(string Ref, [property: JsonPropertyOrder(-1)] string Type = "ping");

/// <summary>Server to client: the union of all frame types; <see cref="Type"/> says which members mean something.</summary>
internal sealed record ServerFrame
{
    public required string Type { get; init; }
    public string? Ref { get; init; }
    public string? Address { get; init; }
    public string? Device { get; init; }
    public long? Last { get; init; }
    public Item? Item { get; init; }
    public string? Id { get; init; }
    public long? Seq { get; init; }
    public DateTimeOffset? SentAt { get; init; }
    public string? From { get; init; }
    public string? Show { get; init; }
    public string? Status { get; init; }
    public string? State { get; init; }
    public Contact? Contact { get; init; }
    public string? Code { get; init; }
    public string? Message { get; init; }
    public string? Member { get; init; }
    public string? Reason { get; init; }
    public double? RetryAfter { get; init; }
}
