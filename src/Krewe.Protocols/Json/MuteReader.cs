using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Krewe.Core.Errors;

namespace Krewe.Protocols.Json;

/// <summary>Reads a body of <c>PUT /v1/mutes/{address}</c>.</summary>
public static partial class MuteReader
{
    public static readonly TextMember Until = new("until", "When the mute ends (RFC 3339); left out: never by itself.") { Format = "date-time", MaxCharacters = 40 };

    public static IReadOnlyList<JsonMember> Members { get; } = [Until];

    /// <param name="until">In whole milliseconds of UTC; null: never.</param>
    public static bool TryRead(in JsonObject json, out DateTimeOffset? until, [NotNullWhen(false)] out Fault? fault)
    {
        until = null;
        if (!json.TryGet(Until, out var text, out fault)) return false;
        if (text is null) return true;
        if (!DateAndTime().IsMatch(text) || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time))
        {
            fault = Fault.BadRequest(Until.Name, "A date and a time with its zone are expected, as in 2026-11-23T10:00:00Z.");
            return false;
        }
        until = time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMillisecond));
        return true;
    }

    // RFC 3339, section 5.6, in the spelling that ISO 8601 has too.
    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$", RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    private static partial Regex DateAndTime();
}
