using System.Globalization;
using System.Text;

namespace Krewe.Core.Addresses;

/// <summary>The two string classes of PRECIS (RFC 8264, section 4), by the derivation of its section 8.</summary>
/// <remarks>The two joiners, which are allowed after a virama only (section 9.8), are left out: that a name is refused does less harm than that two look
/// the same.</remarks>
internal static class PrecisClasses
{
    /// <summary>The first character that is not in the class, or null.</summary>
    public static Rune? FindForeign(string text, Func<Rune, bool> inClass)
    {
        var runes = text.EnumerateRunes().ToArray();
        for (var i = 0; i < runes.Length; i++)
            if (!(InContext(runes, i) ?? inClass(runes[i]))) return runes[i];
        return null;
    }

    /// <summary>For names: letters, digits, marks and printable ASCII; what NFKC would change is out.</summary>
    public static bool InIdentifierClass(Rune rune)
    {
        if (Exception(rune) is { } allowed) return allowed;
        if (rune.Value is >= 0x21 and <= 0x7e) return true;
        if (IsOldHangulJamo(rune) || IsIgnorable(rune)) return false;
        if (rune.ToString() is var text && text.Normalize(NormalizationForm.FormKC) != text) return false;
        return IsLetterDigit(rune);
    }

    /// <summary>For passwords and resources: symbols, punctuation and spaces besides.</summary>
    public static bool InFreeformClass(Rune rune)
    {
        if (Exception(rune) is { } allowed) return allowed;
        if (rune.Value is >= 0x20 and <= 0x7e) return true;
        if (IsOldHangulJamo(rune) || IsIgnorable(rune)) return false;
        // What has a compatibility equivalent is allowed here whatever its category (section 9.17), but a control has none.
        return IsLetterDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber or UnicodeCategory.EnclosingMark or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol or UnicodeCategory.ModifierSymbol or UnicodeCategory.OtherSymbol
            or UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation
            or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation
            or UnicodeCategory.OtherPunctuation;
    }

    private static bool IsLetterDigit(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.LowercaseLetter or UnicodeCategory.OtherLetter
        or UnicodeCategory.ModifierLetter or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    // RFC 5892, section 2.6, which RFC 8264, section 9.6 takes over.
    private static bool? Exception(Rune rune) => rune.Value switch
    {
        0x06fd or 0x06fe or 0x0f0b or 0x3007 => true,
        0x0640 or 0x07fa or 0x302e or 0x302f or (>= 0x3031 and <= 0x3035) or 0x303b => false,
        _ => null,
    };

    // RFC 5892, appendices A.3 to A.9: null for characters that need no context.
    private static bool? InContext(Rune[] runes, int i)
    {
        var before = i > 0 ? runes[i - 1].Value : 0;
        var after = i + 1 < runes.Length ? runes[i + 1].Value : 0;
        return runes[i].Value switch
        {
            0x00b7 => before == 'l' && after == 'l',
            0x0375 => after is (>= 0x0370 and <= 0x03ff) or (>= 0x1f00 and <= 0x1fff),
            0x05f3 or 0x05f4 => before is >= 0x0590 and <= 0x05ff,
            0x30fb => runes.Any(rune => rune.Value is (>= 0x3041 and <= 0x309f) or (>= 0x30a1 and <= 0x30fa) or (>= 0x30fd and <= 0x30ff)
                or (>= 0x3400 and <= 0x4dbf) or (>= 0x4e00 and <= 0x9fff) or (>= 0x20000 and <= 0x3ffff)),
            >= 0x0660 and <= 0x0669 => !runes.Any(rune => rune.Value is >= 0x06f0 and <= 0x06f9),
            >= 0x06f0 and <= 0x06f9 => !runes.Any(rune => rune.Value is >= 0x0660 and <= 0x0669),
            _ => null,
        };
    }

    // Section 9.9: Hangul_Syllable_Type L, V and T.
    private static bool IsOldHangulJamo(Rune rune) => rune.Value is (>= 0x1100 and <= 0x11ff) or (>= 0xa960 and <= 0xa97c) or (>= 0xd7b0 and <= 0xd7fb);

    // Section 9.13: Default_Ignorable_Code_Point (Unicode 16, DerivedCoreProperties.txt): invisible, so that two names could look the same.
    private static bool IsIgnorable(Rune rune) => rune.Value is 0x00ad or 0x034f or 0x061c or 0x115f or 0x1160 or 0x17b4 or 0x17b5
        or (>= 0x180b and <= 0x180f) or (>= 0x200b and <= 0x200f) or (>= 0x202a and <= 0x202e) or (>= 0x2060 and <= 0x206f) or 0x3164
        or (>= 0xfe00 and <= 0xfe0f) or 0xfeff or 0xffa0 or (>= 0xfff0 and <= 0xfff8) or (>= 0x1bca0 and <= 0x1bca3) or (>= 0x1d173 and <= 0x1d17a)
        or (>= 0xe0000 and <= 0xe0fff);
}
