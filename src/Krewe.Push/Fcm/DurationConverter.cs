using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Krewe.Push.Fcm;

/// <summary>A duration as Google's JSON writes it: seconds with up to nine decimals and an <c>s</c>.</summary>
internal sealed class DurationConverter : JsonConverter<TimeSpan?>
{
    public override TimeSpan? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text && text.EndsWith('s') && double.TryParse(text.AsSpan(0, text.Length - 1), CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds) : throw new JsonException("A duration looks like \"3.5s\".");

    public override void Write(Utf8JsonWriter writer, TimeSpan? value, JsonSerializerOptions options) =>
        writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{value!.Value.TotalSeconds:0.#########}s"));
}
