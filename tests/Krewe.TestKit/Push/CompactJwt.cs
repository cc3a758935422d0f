using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Krewe.TestKit.Push;

/// <summary>A signed JWT, taken apart by hand: the fakes judge senders, so they share no library with them.</summary>
internal sealed record CompactJwt(JsonElement Header, JsonElement Claims, byte[] Signed, byte[] Signature)
{
    public static CompactJwt? Read(string? text)
    {
        if (text?.Split('.') is not [var header, var claims, var signature]) return null;
        try
        {
            return new CompactJwt(Json(header), Json(claims), Encoding.ASCII.GetBytes($"{header}.{claims}"), Base64Url.DecodeFromChars(signature));
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            return null;
        }
    }

    public string? Text(string name) => Of(Claims, name);

    public string? HeaderText(string name) => Of(Header, name);

    public DateTimeOffset? Time(string name) =>
        Claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) && seconds is >= 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    private static string? Of(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement Json(string part)
    {
        var element = JsonSerializer.Deserialize<JsonElement>(Base64Url.DecodeFromChars(part));
        return element.ValueKind == JsonValueKind.Object ? element : throw new JsonException();
    }
}
