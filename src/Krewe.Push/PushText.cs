using System.Text;

namespace Krewe.Push;

/// <summary>Cuts text without breaking a character.</summary>
internal static class PushText
{
    private const char Ellipsis = '…';
    private const int EllipsisBytes = 3;

    /// <summary>The longest beginning of <paramref name="text"/> that has at most so many bytes of UTF-8, with an ellipsis where something was cut.
    /// Never splits a grapheme (UAX #29).</summary>
    public static string CutToBytes(string text, int maxBytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= maxBytes) return text;
        var room = maxBytes - EllipsisBytes;
        return CutWhere(text, room, part => Encoding.UTF8.GetByteCount(part));
    }

    /// <summary>The same by UTF-16 code units.</summary>
    public static string CutToLength(string text, int maxLength) =>
        text.Length <= maxLength ? text : CutWhere(text, maxLength - 1, part => part.Length);

    private static string CutWhere(string text, int room, Func<string, int> size)
    {
        if (room <= 0) return "";
        var kept = new StringBuilder();
        var elements = System.Globalization.StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
        {
            var element = elements.GetTextElement();
            room -= size(element);
            if (room < 0) break;
            kept.Append(element);
        }
        return kept.Append(Ellipsis).ToString();
    }
}
