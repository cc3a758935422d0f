using System.Text.Json;

namespace Krewe.TestKit.Push;

/// <summary>A notification that came to <see cref="FakeApns"/>.</summary>
public sealed record ApnsPush : FakePush
{
    /// <summary>The payload as it was sent, <c>{"aps":{…},…}</c>.</summary>
    public required JsonElement Payload { get; init; }

    /// <summary>The header apns-push-type.</summary>
    public string? PushType => Headers.GetValueOrDefault("apns-push-type");

    /// <inheritdoc/>
    public override long? Unread => Payload.ValueKind == JsonValueKind.Object && Payload.TryGetProperty("aps", out var aps) && long.TryParse(Text(aps, "badge"), out var badge) ? badge : null;

    /// <inheritdoc/>
    protected override string? Told(string name) => Payload.ValueKind == JsonValueKind.Object && Payload.TryGetProperty("krewe", out var told) ? Text(told, name) : null;
}
