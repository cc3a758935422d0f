using System.Globalization;
using Krewe.Core.Mailboxes;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Krewe.Gateway.Transports.Polling;

/// <summary>The <c>ETag</c> of a page (RFC 9110, section 8.8.3). Items never change, so three numbers tell what is on it.</summary>
internal readonly record struct PageTag(long After, long Next, long Last)
{
    public PageTag(long after, MailboxPage page)
        : this(after, page.Next, page.Last)
    {
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"\"{After}-{Next}-{Last}\"");

    /// <summary>Reads <c>If-None-Match</c>: the tags that are ours, weak or strong.</summary>
    public static IReadOnlyList<PageTag> ReadNoneMatch(IHeaderDictionary headers)
    {
        if (headers.IfNoneMatch.Count == 0) return [];
        if (!EntityTagHeaderValue.TryParseList(headers.IfNoneMatch, out var tags)) return [];
        var read = new List<PageTag>();
        foreach (var tag in tags)
        {
            if (TryRead(tag.Tag.AsSpan(), out var page)) read.Add(page);
        }
        return read;
    }

    /// <summary><c>*</c>: whatever there is, the client has it (RFC 9110, section 13.1.2).</summary>
    public static bool AnyWillDo(IHeaderDictionary headers) => headers.IfNoneMatch is [{ } only] && only.Trim() == "*";

    private static bool TryRead(ReadOnlySpan<char> text, out PageTag tag)
    {
        tag = default;
        Span<Range> parts = stackalloc Range[4];
        text = text.Trim('"');
        if (text.Split(parts, '-') != 3) return false;
        if (!Number(text[parts[0]], out var after) || !Number(text[parts[1]], out var next) || !Number(text[parts[2]], out var last)) return false;
        tag = new PageTag(after, next, last);
        return true;
    }

    private static bool Number(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
