using System.Text.Json;
using System.Text.Json.Serialization;

namespace Krewe.Push.Fcm;

/// <summary>What is posted to <c>messages:send</c>.</summary>
internal sealed record SendRequest([property: JsonPropertyName("validate_only")] bool ValidateOnly, Message Message);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SendRequest))]
[JsonSerializable(typeof(Dictionary<string, object>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(long))]
internal sealed partial class FcmJson : JsonSerializerContext
{
    // Made at its first use: while this class is initialised its generated options do not exist yet.
    private static FcmJson? _compact;

    /// <summary>FCM counts bytes: what need not be escaped is not.</summary>
    public static FcmJson Compact => _compact ??= new(new JsonSerializerOptions(Default.Options) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
