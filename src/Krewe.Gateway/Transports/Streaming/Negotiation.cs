using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Krewe.Gateway.Transports.Streaming;

/// <summary>Chooses among media types by <c>Accept</c> (RFC 9110, section 12.5.1).</summary>
internal static class Negotiation
{
    /// <summary>The offer that the client likes best; of equals, the first. Null if it takes none.</summary>
    /// <param name="accept">The header; empty means that anything goes.</param>
    public static T? Choose<T>(StringValues accept, IReadOnlyList<T> offers, Func<T, string> mediaType)
        where T : class
    {
        if (accept.Count == 0 || (accept.Count == 1 && string.IsNullOrWhiteSpace(accept[0]))) return offers[0];
        if (!MediaTypeHeaderValue.TryParseList(accept, out var ranges)) return null;
        T? best = null;
        var bestQuality = 0d;
        foreach (var offer in offers)
        {
            var quality = QualityOf(new MediaTypeHeaderValue(mediaType(offer)), ranges);
            if (quality > bestQuality) (best, bestQuality) = (offer, quality);
        }
        return best;
    }

    /// <summary>The quality of the most specific range that the type falls into.</summary>
    private static double QualityOf(MediaTypeHeaderValue type, IEnumerable<MediaTypeHeaderValue> ranges)
    {
        var quality = 0d;
        var specificity = -1;
        foreach (var range in ranges)
        {
            if (!Covers(range, type)) continue;
            var specific = range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2;
            if (specific <= specificity) continue;
            (quality, specificity) = (range.Quality ?? 1, specific);
        }
        return quality;
    }

    // A charset beside the type asks for nothing that is not given: all is UTF-8.
    private static bool Covers(MediaTypeHeaderValue range, MediaTypeHeaderValue type) =>
        range.MatchesAllTypes
        || (range.Type.Equals(type.Type, StringComparison.OrdinalIgnoreCase)
            && (range.MatchesAllSubTypes || range.SubType.Equals(type.SubType, StringComparison.OrdinalIgnoreCase)));
}
