using System.Text.Json;

namespace Krewe.TestKit.Push;

/// <summary>A message that came to <see cref="FakeMiPush"/>. A list of devices stands in <see cref="FakePush.Token"/> as it was sent.</summary>
public sealed record MiPush : FakePush
{
    /// <summary>The form as it was sent.</summary>
    public required IReadOnlyDictionary<string, string> Form { get; init; }

    /// <inheritdoc/>
    protected override string? Told(string name)
    {
        try
        {
            return Form.TryGetValue("payload", out var payload) ? Text(JsonSerializer.Deserialize<JsonElement>(payload), name) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
