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
    /// <summary>FCM counts bytes: what need not be escaped is not.</summary>
    public static FcmJson Compact { get; } = new(new JsonSerializerOptions(new FcmJson().GeneratedSerializerOptions!) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
