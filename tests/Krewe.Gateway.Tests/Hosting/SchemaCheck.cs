using System.Globalization;
using System.Text.Json;

namespace Krewe.Gateway.Tests.Hosting;

/// <summary>As much of JSON Schema 2020-12 as the published document uses; a keyword that it does not know fails the test.</summary>
public sealed class SchemaCheck(JsonElement document)
{
    private static readonly string[] Annotations = ["description", "format", "default", "title"];

    /// <summary>What is wrong with the value, each with its place; empty if it fits.</summary>
    public List<string> Errors(JsonElement value, JsonElement schema)
    {
        List<string> errors = [];
        Check(value, schema, "$", errors);
        return errors;
    }

    public JsonElement Resolve(string reference)
    {
        var at = document;
        foreach (var step in reference.TrimStart('#', '/').Split('/')) at = at.GetProperty(step);
        return at;
    }

    private void Check(JsonElement value, JsonElement schema, string at, List<string> errors)
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            var bound = keyword.Value;
            var fits = keyword.Name switch
            {
                "$ref" => CheckReference(value, bound.GetString()!, at, errors),
                "type" => (bound.ValueKind == JsonValueKind.Array ? bound.EnumerateArray().ToArray() : [bound]).Any(type => IsOf(value, type.GetString()!)),
                "enum" => bound.EnumerateArray().Any(word => word.GetRawText() == value.GetRawText()),
                "required" => bound.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
                "properties" => CheckMembers(value, bound, at, errors),
                "items" => CheckItems(value, bound, at, errors),
                "minimum" => value.GetDouble() >= bound.GetDouble(),
                "maximum" => value.GetDouble() <= bound.GetDouble(),
                "minLength" => Length(value) >= bound.GetInt32(),
                "maxLength" => Length(value) <= bound.GetInt32(),
                "maxItems" => value.GetArrayLength() <= bound.GetInt32(),
                _ => Annotations.Contains(keyword.Name) ? !Is(keyword, "format", "date-time") || IsTime(value) : throw new NotSupportedException(keyword.Name),
            };
            if (!fits) errors.Add($"{at}: {value.GetRawText()} breaks {keyword.Name} {bound.GetRawText()}");
        }
    }

    private bool CheckReference(JsonElement value, string reference, string at, List<string> errors)
    {
        Check(value, Resolve(reference), at, errors);
        return true;
    }

    private bool CheckMembers(JsonElement value, JsonElement members, string at, List<string> errors)
    {
        if (value.ValueKind != JsonValueKind.Object) return true;
        foreach (var member in members.EnumerateObject())
            if (value.TryGetProperty(member.Name, out var inner)) Check(inner, member.Value, $"{at}.{member.Name}", errors);
        return true;
    }

    private bool CheckItems(JsonElement value, JsonElement items, string at, List<string> errors)
    {
        if (value.ValueKind != JsonValueKind.Array) return true;
        foreach (var item in value.EnumerateArray()) Check(item, items, at + "[]", errors);
        return true;
    }

    private static bool IsOf(JsonElement value, string type) => value.ValueKind switch
    {
        JsonValueKind.Object => type == "object",
        JsonValueKind.Array => type == "array",
        JsonValueKind.String => type == "string",
        JsonValueKind.Number => type == "number" || (type == "integer" && value.TryGetInt64(out _)),
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        _ => type == "null",
    };

    private static int Length(JsonElement value) => value.GetString()!.EnumerateRunes().Count();

    private static bool Is(JsonProperty keyword, string name, string value) => keyword.Name == name && keyword.Value.ValueEquals(value);

    private static bool IsTime(JsonElement value) => DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, out _);
}
