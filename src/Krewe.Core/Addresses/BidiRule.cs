using System.Globalization;
using System.Text;

namespace Krewe.Core.Addresses;

/// <summary>The Bidi rule (RFC 5893, section 2), for names: a right-to-left name begins with a right-to-left letter, has no left-to-right one, mixes no
/// two kinds of digits, and ends in a letter or digit.</summary>
internal static class BidiRule
{
    public static bool Holds(string text)
    {
        var runes = text.EnumerateRunes().ToArray();
        var arabicDigits = runes.Any(IsArabicDigit);
        if (!arabicDigits && !runes.Any(IsRightToLeft)) return true;
        if (!IsRightToLeft(runes[0]) || runes.Any(IsLeftToRight)) return false;
        if (arabicDigits && runes.Any(IsEuropeanDigit)) return false;
        var last = runes.Last(rune => Rune.GetUnicodeCategory(rune) is not UnicodeCategory.NonSpacingMark);
        return IsRightToLeft(last) || Rune.IsDigit(last);
    }

    private static bool IsLeftToRight(Rune rune) =>
        !IsRightToLeft(rune) && (Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.SpacingCombiningMark);

    // Bidi class AN.
    private static bool IsArabicDigit(Rune rune) => rune.Value is (>= 0x0660 and <= 0x0669) or (>= 0x10d30 and <= 0x10d39);

    // Bidi class EN; the extended Arabic-Indic digits belong to it.
    private static bool IsEuropeanDigit(Rune rune) => rune.Value is (>= '0' and <= '9') or (>= 0x06f0 and <= 0x06f9);

    // The blocks whose letters have Bidi class R or AL: Hebrew to Arabic Extended-A, presentation forms, and the SMP scripts.
    private static bool IsRightToLeft(Rune rune) =>
        rune.Value is (>= 0x0590 and <= 0x08ff) or (>= 0xfb1d and <= 0xfdff) or (>= 0xfe70 and <= 0xfeff)
            or (>= 0x10800 and <= 0x10fff) or (>= 0x1e800 and <= 0x1efff)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.DecimalDigitNumber);
}
