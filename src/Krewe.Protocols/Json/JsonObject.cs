using System.Diagnostics.CodeAnalysis;
using Krewe.Core.Errors;
using Krewe.Core.Limits;

namespace Krewe.Protocols.Json;

/// <summary>The top level of one JSON object that was checked to its end, from which the readers take the members that they know.
/// Members that are <c>null</c> count as left out; those that nobody asks for are passed over.</summary>
public readonly ref struct JsonObject
{
    // A name is repeated to the client that sent it, but not a whole body of it.
    private const int MaxNameInFault = 128;

    private readonly ReadOnlySpan<byte> _text;
    private readonly List<Member>? _members;
    private readonly int _maxDepth;

    private JsonObject(ReadOnlySpan<byte> text, int maxDepth, List<Member> members)
    {
        _text = text;
        _maxDepth = maxDepth;
        _members = members;
    }

    private readonly record struct Member(JsonToken Name, JsonKind Kind, JsonToken Value);

    /// <summary>Reads the object that the whole of <paramref name="text"/> must be.</summary>
    /// <param name="maxDepth">Levels of nesting; the object itself is the first.</param>
    /// <param name="fault">Names the top-level member at which the text is bad, if it was inside one.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, int maxDepth, out JsonObject read, [NotNullWhen(false)] out Fault? fault)
    {
        var members = new List<Member>(8);
        var scanner = new JsonScanner(text, maxDepth);
        JsonToken at = default;
        if (scanner.TryBeginObject())
        {
            for (var first = true; scanner.TryNextMember(first, out at); first = false)
            {
                if (!scanner.TryValue(out var kind, out var value)) break;
                members.Add(new(at, kind, value));
            }
        }
        if (scanner.Error is null && scanner.TryEnd())
        {
            read = new(text, maxDepth, members);
            fault = null;
            return true;
        }
        read = default;
        fault = new Fault(FaultCode.BadRequest, scanner.Error!) { Member = NameInFault(at, text) };
        return false;
    }

    /// <summary>An object without members.</summary>
    public static JsonObject Empty => default;

    /// <summary>Reads a string; null if it is left out.</summary>
    public bool TryGet(TextMember member, out string? value, [NotNullWhen(false)] out Fault? fault)
    {
        value = null;
        if (!TryFind(member, JsonKind.String, out var found, out fault)) return false;
        if (found is null) return true;
        value = found.Value.Value.Text(_text);
        fault = Check(member, value, member.Name);
        return fault is null;
    }

    /// <summary>Reads a whole number; null if it is left out.</summary>
    public bool TryGet(NumberMember member, out long? value, [NotNullWhen(false)] out Fault? fault)
    {
        value = null;
        if (!TryFind(member, JsonKind.Number, out var found, out fault)) return false;
        if (found is null) return true;
        var digits = found.Value.Value.Of(_text);
        if (System.Buffers.Text.Utf8Parser.TryParse(digits, out long number, out var length) && length == digits.Length
            && number >= member.Min && number <= member.Max)
        {
            value = number;
            return true;
        }
        fault = Fault.BadRequest(member.Name, member.Max == long.MaxValue
            ? $"A whole number from {member.Min} on is expected."
            : $"A whole number from {member.Min} to {member.Max} is expected.");
        return false;
    }

    /// <summary>Reads true or false; null if it is left out.</summary>
    public bool TryGet(FlagMember member, out bool? value, [NotNullWhen(false)] out Fault? fault)
    {
        value = null;
        if (!TryFind(member, JsonKind.Boolean, out var found, out fault)) return false;
        if (found is not null) value = found.Value.Value.Of(_text)[0] == 't';
        return true;
    }

    /// <summary>Reads one of a few words; null if it is left out.</summary>
    public bool TryGet<T>(WordMember<T> member, out T? value, [NotNullWhen(false)] out Fault? fault)
        where T : struct
    {
        value = null;
        if (!TryFind(member, JsonKind.String, out var found, out fault)) return false;
        if (found is null) return true;
        var text = found.Value.Value.Text(_text);
        foreach (var (word, meaning) in member.Words)
        {
            if (word != text) continue;
            value = meaning;
            return true;
        }
        fault = Fault.BadRequest(member.Name, $"One of {string.Join(", ", member.Words.Select(word => word.Word))} is expected.");
        return false;
    }

    /// <summary>Reads any value as compact JSON text; null if it is left out.</summary>
    public bool TryGet(DataMember member, out string? value, [NotNullWhen(false)] out Fault? fault)
    {
        value = null;
        if (!TryFind(member, null, out var found, out fault)) return false;
        if (found is not { } data) return true;
        var token = data.Kind == JsonKind.String ? new JsonToken(data.Value.Start - 1, data.Value.Length + 2, false) : data.Value;
        value = JsonSpelling.Compact(token.Of(_text));
        return true;
    }

    /// <summary>Reads an array of strings; null if it is left out.</summary>
    public bool TryGet(TextListMember member, out IReadOnlyList<string>? value, [NotNullWhen(false)] out Fault? fault)
    {
        value = null;
        if (!TryFind(member, JsonKind.Array, out var found, out fault)) return false;
        if (found is null) return true;
        var texts = new List<string>();
        var scanner = new JsonScanner(found.Value.Value.Of(_text), _maxDepth);
        for (var first = true; scanner.TryNextElement(first, out var kind, out var element); first = false)
        {
            if (kind != JsonKind.String) fault = Fault.BadRequest(member.Name, "An array of strings is expected.");
            else if (texts.Count == member.MaxItems) fault = Fault.BadRequest(member.Name, $"At most {member.MaxItems} are allowed.");
            if (fault is not null) return false;
            var text = element.Text(found.Value.Value.Of(_text));
            fault = Check(member.Item, text, member.Name);
            if (fault is not null) return false;
            if (!texts.Contains(text)) texts.Add(text);
        }
        value = texts;
        return true;
    }

    /// <summary>Reads an object; false in <paramref name="given"/> if it is left out. What is at fault in it is blamed on the member itself.</summary>
    public bool TryGet(ObjectMember member, out bool given, out JsonObject value, [NotNullWhen(false)] out Fault? fault)
    {
        given = false;
        value = default;
        if (!TryFind(member, JsonKind.Object, out var found, out fault)) return false;
        if (found is null) return true;
        given = true;
        if (TryRead(found.Value.Value.Of(_text), _maxDepth, out value, out fault)) return true;
        fault = fault with { Member = member.Name };
        return false;
    }

    private bool TryFind(JsonMember member, JsonKind? kind, out Member? found, [NotNullWhen(false)] out Fault? fault)
    {
        (found, fault) = (null, null);
        foreach (var candidate in _members ?? [])
        {
            if (!Has(candidate.Name, member)) continue;
            if (candidate.Kind == JsonKind.Null) break;
            if (kind is not null && candidate.Kind != kind)
            {
                fault = Fault.BadRequest(member.Name, $"A JSON {Word(kind.Value)} is expected.");
                return false;
            }
            found = candidate;
            return true;
        }
        if (member.Required) fault = Fault.BadRequest(member.Name, "The member is missing.");
        return fault is null;
    }

    private bool Has(JsonToken name, JsonMember member) =>
        name.Escaped ? name.Text(_text) == member.Name : name.Of(_text).SequenceEqual(member.Utf8Name);

    private static string Word(JsonKind kind) => kind switch
    {
        JsonKind.Boolean => "true or false",
        JsonKind.Number => "number",
        JsonKind.String => "string",
        JsonKind.Array => "array",
        _ => "object",
    };

    private static Fault? Check(TextMember member, string value, string name)
    {
        foreach (var c in value)
        {
            if (!member.Prose && char.IsControl(c)) return Fault.BadRequest(name, $"The control character U+{(int)c:X4} is not allowed here.");
        }
        var characters = CharacterCount.Of(value);
        if (characters >= member.MinCharacters && characters <= member.MaxCharacters) return null;
        var bound = member.MaxCharacters == int.MaxValue ? $"At least {member.MinCharacters}" : $"{member.MinCharacters} to {member.MaxCharacters}";
        return Fault.BadRequest(name, $"{bound} characters are expected, not {characters}.");
    }

    private static string? NameInFault(JsonToken name, ReadOnlySpan<byte> text)
    {
        if (name.Start == 0) return null;
        var whole = name.Text(text);
        if (whole.Length <= MaxNameInFault) return whole;
        return whole[..(char.IsHighSurrogate(whole[MaxNameInFault - 1]) ? MaxNameInFault - 1 : MaxNameInFault)];
    }
}
