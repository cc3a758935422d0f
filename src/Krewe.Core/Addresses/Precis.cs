using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Krewe.Core.Addresses;

/// <summary>The two PRECIS profiles that addresses and passwords use (RFC 8264, RFC 8265).</summary>
public static class Precis
{
    /// <summary>UsernameCaseMapped (RFC 8265, section 3.3): width-mapped, lower-cased, NFC, IdentifierClass, Bidi rule.</summary>
    public static bool TryUsername(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? name, [NotNullWhen(false)] out string? error)
    {
        name = null;
        if (text.IsEmpty) return Fail("it is empty", out error);
        if (Ascii.IsValid(text))
        {
            if (text.IndexOfAnyExceptInRange('\u0021', '\u007e') >= 0) return Fail("it has a space or a control character", out error);
            name = text.ToString().ToLowerInvariant();
            error = null;
            return true;
        }
        if (!TryNormalize(MapWidth(text), out var mapped, out error)) return false;
        mapped = mapped.ToLowerInvariant();
        if (!TryNormalize(mapped, out mapped, out error)) return false;
        if (PrecisClasses.FindForeign(mapped, PrecisClasses.InIdentifierClass) is { } foreign) return Fail($"it has the character U+{foreign.Value:X4}", out error);
        if (!BidiRule.Holds(mapped)) return Fail("it mixes directions of writing (RFC 5893)", out error);
        name = mapped;
        return true;
    }

    /// <summary>OpaqueString (RFC 8265, section 4.2): resources and passwords. Spaces become U+0020, then NFC; no controls.</summary>
    public static bool TryOpaque(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? opaque, [NotNullWhen(false)] out string? error)
    {
        opaque = null;
        if (text.IsEmpty) return Fail("it is empty", out error);
        var builder = new StringBuilder(text.Length);
        foreach (var c in text) builder.Append(c > '\u007f' && char.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator ? ' ' : c);
        if (!TryNormalize(builder.ToString(), out var normal, out error)) return false;
        if (PrecisClasses.FindForeign(normal, PrecisClasses.InFreeformClass) is { } foreign) return Fail($"it has the character U+{foreign.Value:X4}", out error);
        opaque = normal;
        return true;
    }

    private static bool TryNormalize(string text, [NotNullWhen(true)] out string? normal, [NotNullWhen(false)] out string? error)
    {
        normal = null;
        try
        {
            normal = text.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            return Fail("it is not well-formed Unicode", out error);
        }
        error = null;
        return true;
    }

    // RFC 8264, section 5.2.1: fullwidth and halfwidth forms become their compatibility characters.
    private static string MapWidth(ReadOnlySpan<char> text)
    {
        var builder = new StringBuilder(text.Length);
        foreach (var c in text)
            builder.Append(c == '\u3000' ? " " : c is >= '\uff01' and <= '\uffee' ? c.ToString().Normalize(NormalizationForm.FormKC) : c.ToString());
        return builder.ToString();
    }

    private static bool Fail(string reason, out string? error)
    {
        error = reason;
        return false;
    }
}
