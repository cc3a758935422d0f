using System.Text.Json;

namespace Krewe.TestKit.Push;

/// <summary>A request that came to a fake push service, and what became of it.</summary>
public abstract record FakePush
{
    /// <summary>The device's token; null if the request named none.</summary>
    public required string? Token { get; init; }

    /// <summary>When it came, by the fake's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>HTTP/1.1 or HTTP/2.</summary>
    public required string Protocol { get; init; }

    /// <summary>The request's headers, by lower-case name.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>What was answered; null: nothing, it was left hanging or cut off.</summary>
    public int? Status { get; init; }

    /// <summary>The service's word for a refusal.</summary>
    public string? Reason { get; init; }

    /// <summary>The service took it: the device would show it.</summary>
    public bool Taken { get; init; }

    /// <summary>What the server is telling: <c>message</c>, <c>clear</c> or <c>test</c>; null in a push without data for the app.</summary>
    public string? Kind => Told("kind");

    /// <summary>The newest <c>seq</c> that it is about.</summary>
    public long? Seq => Number("seq");

    /// <summary>Unread messages, the badge.</summary>
    public virtual long? Unread => Number("unread");

    /// <summary>What the device groups by.</summary>
    public string? Conversation => Told("conversation");

    /// <summary>The id of the newest message.</summary>
    public string? MessageId => Told("id");

    /// <summary>One member of the data for the app, as text.</summary>
    protected abstract string? Told(string name);

    internal static string? Text(JsonElement element, string name) =>
        element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();

    private long? Number(string name) => long.TryParse(Told(name), out var value) ? value : null;
}
