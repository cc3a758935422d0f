using System.Text.Json;

namespace Krewe.TestKit.Push;

/// <summary>A message that came to <see cref="FakeFcm"/>.</summary>
public sealed record FcmPush : FakePush
{
    /// <summary>The message as it was sent, <c>{"token":…,"data":…}</c>.</summary>
    public required JsonElement Message { get; init; }

    /// <summary>It was only to be checked.</summary>
    public bool ValidateOnly { get; init; }

    /// <summary>One entry of the message's <c>data</c>.</summary>
    public string? Data(string name) => Message.ValueKind == JsonValueKind.Object && Message.TryGetProperty("data", out var data) ? Text(data, name) : null;

    /// <inheritdoc/>
    protected override string? Told(string name) => Data(name);
}
