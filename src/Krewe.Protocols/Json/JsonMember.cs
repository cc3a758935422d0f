using System.Text;

namespace Krewe.Protocols.Json;

/// <summary>A member that a request may have, with its bounds: what the readers enforce and the published description says.</summary>
/// <param name="Name">As it stands in the JSON.</param>
/// <param name="Description">One sentence for the client's developer.</param>
public abstract record JsonMember(string Name, string Description)
{
    /// <summary>Without it the request is refused.</summary>
    public bool Required { get; init; }

    internal byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(Name);
}

/// <summary>A string.</summary>
public sealed record TextMember(string Name, string Description) : JsonMember(Name, Description)
{
    /// <summary>A character is a Unicode code point, as in JSON Schema.</summary>
    public int MinCharacters { get; init; }

    /// <inheritdoc cref="MinCharacters"/>
    public int MaxCharacters { get; init; } = int.MaxValue;

    /// <summary>May it have line breaks and other control characters? For prose, not for names.</summary>
    public bool Prose { get; init; }

    /// <summary>The published description's <c>format</c>.</summary>
    public string? Format { get; init; }
}

/// <summary>A whole number, written without fraction and exponent.</summary>
public sealed record NumberMember(string Name, string Description, long Min, long Max = long.MaxValue) : JsonMember(Name, Description);

/// <summary>True or false.</summary>
public sealed record FlagMember(string Name, string Description) : JsonMember(Name, Description);

/// <summary>One of a few words.</summary>
public sealed record WordMember<T>(string Name, string Description, params IReadOnlyList<(string Word, T Value)> Words) : JsonMember(Name, Description), IWordMember
    where T : struct
{
    IEnumerable<string> IWordMember.Words => Words.Select(word => word.Word);
}

/// <summary>A <see cref="WordMember{T}"/>, whatever its words mean.</summary>
public interface IWordMember
{
    IEnumerable<string> Words { get; }
}

/// <summary>Any JSON value, kept as compact JSON text in which every token has its exact spelling.</summary>
public sealed record DataMember(string Name, string Description) : JsonMember(Name, Description);

/// <summary>An array of strings, none twice.</summary>
public sealed record TextListMember(string Name, string Description, int MaxItems, TextMember Item) : JsonMember(Name, Description);

/// <summary>An object of its own.</summary>
public sealed record ObjectMember(string Name, string Description, params IReadOnlyList<JsonMember> Members) : JsonMember(Name, Description);
