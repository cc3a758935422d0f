using Krewe.Core.Devices;

namespace Krewe.Grains.Push;

/// <summary>Quiet hours on the calendar of their time zone.</summary>
internal static class QuietTime
{
    private const int MinutesOfDay = 24 * 60;

    /// <summary>When the quiet hours end that hold now; null if none do. A time zone that this machine does not know has none.</summary>
    public static DateTimeOffset? EndAfter(this QuietHours quiet, DateTimeOffset now)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(quiet.TimeZone, out var zone)) return null;
        var local = TimeZoneInfo.ConvertTime(now, zone);
        var minute = (local.Hour * 60) + local.Minute;
        var overMidnight = quiet.To < quiet.From;
        var holds = overMidnight ? minute >= quiet.From || minute < quiet.To : minute >= quiet.From && minute < quiet.To;
        if (!holds) return null;
        var end = local.Date.AddMinutes(quiet.To + (overMidnight && minute >= quiet.From ? MinutesOfDay : 0));
        // In the hour that a clock skips in spring, silence ends with the hour.
        while (zone.IsInvalidTime(end)) end = end.AddMinutes(1);
        // In the hour that a clock repeats in autumn, it comes twice: the first that is still to come.
        var offsets = zone.IsAmbiguousTime(end) ? zone.GetAmbiguousTimeOffsets(end) : [zone.GetUtcOffset(end)];
        return offsets.Select(offset => new DateTimeOffset(end, offset).ToUniversalTime()).Where(at => at > now).DefaultIfEmpty(now.AddMinutes(1)).Min();
    }
}
