using System.Globalization;
using System.Text;

namespace Krewe.Grains.Push;

/// <summary>What of a message's text may stand on a locked screen: nothing that acts on the text around it.</summary>
internal static class PreviewText
{
    // More than any notification shows. What a push service takes is its sender's business.
    private const int MaxLength = 1_000;

    /// <summary>The text in one line, without control and bidirectional characters, cut between two characters. Null if nothing is left.</summary>
    public static string? Of(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        var kept = new StringBuilder(Math.Min(text.Length, MaxLength));
        var gap = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsSpace(rune)) gap = kept.Length > 0;
            else if (!IsDropped(rune))
            {
                if (gap) kept.Append(' ');
                gap = false;
                kept.Append(rune.ToString());
                // Enough to see where the last whole character ends.
                if (kept.Length > 2 * MaxLength) break;
            }
        }
        return kept.Length == 0 ? null : Cut(kept.ToString());
    }

    private static bool IsSpace(Rune rune) => Rune.IsWhiteSpace(rune);

    // The bidirectional characters of UAX #9, section 2, and every control character that is no space.
    private static bool IsDropped(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.Control
        || rune.Value is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    private static string Cut(string text)
    {
        if (text.Length <= MaxLength) return text;
        var end = 0;
        for (var next = 0; next <= MaxLength; next += StringInfo.GetNextTextElementLength(text, next)) end = next;
        // One character of marks without end: cut in between after all, though not within a code point.
        if (end == 0) end = char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
