using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Krewe.Gateway.Tests.Fakes;

/// <summary>
/// Checks a value against the part of JSON Schema that the published documents use. Stricter than the standard: a member that is
/// not described fails, and so does a keyword that is not understood.
/// </summary>
internal sealed class SchemaCheck(JsonNode document)
{
    public static JsonNode? Resolve(JsonNode document, string reference)
    {
        var node = document;
        foreach (var part in reference.Split('/').Skip(1)) node = node?[part];
        return node;
    }

    public void Holds(JsonNode? value, JsonNode schema, string where)
    {
        foreach (var (keyword, wanted) in schema.AsObject()) Assert.True(Keyword(keyword, wanted!, value, schema, where), $"{where}: {keyword} {wanted} does not hold for {value?.ToJsonString() ?? "null"}");
    }

    private bool Keyword(string keyword, JsonNode wanted, JsonNode? value, JsonNode schema, string where)
    {
        switch (keyword)
        {
            case "$ref":
                Holds(value, Resolve(document, (string)wanted!)!, where);
                return true;
            case "type":
                return wanted is JsonArray types ? types.Any(type => IsOf((string)type!, value)) : IsOf((string)wanted!, value);
            case "const":
                return JsonNode.DeepEquals(wanted, value);
            case "enum":
                return wanted.AsArray().Any(word => JsonNode.DeepEquals(word, value));
            case "required":
                return value is not JsonObject given || wanted.AsArray().All(name => given.ContainsKey((string)name!));
            case "properties":
                if (value is not JsonObject members) return true;
                foreach (var (name, member) in members)
                {
                    Assert.True(wanted[name] is not null, $"{where}: {name} is not described");
                    Holds(member, wanted[name]!, $"{where}/{name}");
                }
                return true;
            case "items":
                if (value is JsonArray elements) foreach (var element in elements) Holds(element, wanted, where + "/*");
                return true;
            case "minimum":
                return value?.GetValueKind() != JsonValueKind.Number || Number(value) >= Number(wanted);
            case "maximum":
                return value?.GetValueKind() != JsonValueKind.Number || Number(value) <= Number(wanted);
            case "minLength":
                return value?.GetValueKind() != JsonValueKind.String || ((string)value!).Length >= (int)wanted;
            case "maxLength":
                return value?.GetValueKind() != JsonValueKind.String || ((string)value!).Length <= (int)wanted;
            case "maxItems":
                return value is not JsonArray array || array.Count <= (int)wanted;
            case "description" or "format":
                return true;
            default:
                throw new NotSupportedException($"{where}: the keyword {keyword} is not checked here.");
        }
    }

    private static decimal Number(JsonNode value) => decimal.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);

    private static bool IsOf(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("null", JsonValueKind.Null) => true,
        ("string", JsonValueKind.String) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("object", JsonValueKind.Object) => true,
        ("array", JsonValueKind.Array) => true,
        ("number", JsonValueKind.Number) => true,
        ("integer", JsonValueKind.Number) => decimal.IsInteger(Number(value!)),
        _ => false,
    };
}
