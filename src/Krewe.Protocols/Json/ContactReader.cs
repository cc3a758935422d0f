using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Krewe.Core.Errors;

namespace Krewe.Protocols.Json;

/// <summary>How a user files a contact.</summary>
public sealed record ContactEntry(string? Name, ImmutableArray<string> Groups);

/// <summary>Reads a body of <c>PUT /v1/contacts/{address}</c>.</summary>
public static class ContactReader
{
    public static readonly TextMember Name = new("name", "What the user calls the contact.") { MinCharacters = 1, MaxCharacters = 255 };

    public static readonly TextListMember Groups = new(
        "groups", "Under which headings the user files the contact.", 32, new("group", "A heading.") { MinCharacters = 1, MaxCharacters = 255 });

    public static IReadOnlyList<JsonMember> Members { get; } = [Name, Groups];

    public static bool TryRead(in JsonObject json, [NotNullWhen(true)] out ContactEntry? contact, [NotNullWhen(false)] out Fault? fault)
    {
        contact = null;
        if (!json.TryGet(Name, out var name, out fault) || !json.TryGet(Groups, out var groups, out fault)) return false;
        contact = new(name, groups is null ? [] : [.. groups]);
        return true;
    }
}
