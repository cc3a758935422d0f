using System.Diagnostics.CodeAnalysis;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Limits;

namespace Krewe.Protocols.Json;

/// <summary>The name of a user's device, which is the resource of its full address (RFC 7622, section 3.4).</summary>
public static class DeviceName
{
    public const int MaxCharacters = 64;

    /// <param name="member">The member or parameter to blame.</param>
    public static bool TryParse(string text, string member, [NotNullWhen(true)] out string? name, [NotNullWhen(false)] out Fault? fault)
    {
        fault = null;
        if (!Precis.TryOpaque(text, out name, out var error)) fault = Fault.BadRequest(member, $"The device's name is not allowed: {error}.");
        else if (CharacterCount.Of(name) > MaxCharacters) fault = Fault.BadRequest(member, $"A device's name has at most {MaxCharacters} characters.");
        return fault is null;
    }
}
