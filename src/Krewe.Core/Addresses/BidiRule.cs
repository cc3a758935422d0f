using System.Globalization;
using System.Text;

namespace Krewe.Core.Addresses;

/// <summary>The Bidi rule (RFC 5893, section 2), for names: a right-to-left name has no left-to-right letters and ends in a letter or digit.</summary>
internal static class BidiRule
{
    public static bool Holds(string text)
    {
        var rightToLeft = false;
        var leftToRight = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsRightToLeft(rune)) rightToLeft = true;
            else if (Rune.IsLetter(rune)) leftToRight = true;
        }
        if (!rightToLeft) return true;
        if (leftToRight) return false;
        var runes = text.EnumerateRunes().ToArray();
        if (!IsRightToLeft(runes[0])) return false;
        var last = runes.Last(rune => Rune.GetUnicodeCategory(rune) is not UnicodeCategory.NonSpacingMark);
        return IsRightToLeft(last) || Rune.IsDigit(last);
    }

    // The blocks whose letters have Bidi class R or AL: Hebrew to Arabic Extended-A, presentation forms, and the SMP scripts.
    private static bool IsRightToLeft(Rune rune) =>
        rune.Value is (>= 0x0590 and <= 0x08ff) or (>= 0xfb1d and <= 0xfdff) or (>= 0xfe70 and <= 0xfeff)
            or (>= 0x10800 and <= 0x10fff) or (>= 0x1e800 and <= 0x1efff)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.DecimalDigitNumber);
}
