using System.Globalization;
using Krewe.Core.Devices;
using Krewe.Grains.Push;

namespace Krewe.Grains.Tests.Push;

public sealed class QuietTimeTests
{
    [Theory]
    // Over midnight.
    [InlineData("22:00", "07:00", "Europe/Berlin", "2026-11-23T20:59:59Z", null)]
    [InlineData("22:00", "07:00", "Europe/Berlin", "2026-11-23T21:00:00Z", "2026-11-24T06:00:00Z")]
    [InlineData("22:00", "07:00", "Europe/Berlin", "2026-11-24T05:59:59Z", "2026-11-24T06:00:00Z")]
    [InlineData("22:00", "07:00", "Europe/Berlin", "2026-11-24T06:00:00Z", null)]
    // Within a day, and where the day is another one than in UTC.
    [InlineData("12:00", "14:00", "Asia/Tokyo", "2026-11-23T03:30:00Z", "2026-11-23T05:00:00Z")]
    [InlineData("08:00", "10:00", "Pacific/Auckland", "2026-11-23T19:30:00Z", "2026-11-23T21:00:00Z")]
    // The night in which the clock goes from 02:00 to 03:00: silence until 02:30 ends with the hour that there is not.
    [InlineData("22:00", "02:30", "Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z")]
    // The night in which it goes from 03:00 to 02:00: silence until 02:30 ends twice.
    [InlineData("22:00", "02:30", "Europe/Berlin", "2026-10-25T00:10:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("22:00", "02:30", "Europe/Berlin", "2026-10-25T00:40:00Z", null)]
    [InlineData("22:00", "02:30", "Europe/Berlin", "2026-10-25T01:10:00Z", "2026-10-25T01:30:00Z")]
    [InlineData("00:00", "23:59", "Nowhere/Unknown", "2026-11-23T10:00:00Z", null)]
    public void Silence_holds_and_ends_by_the_local_clock(string from, string to, string zone, string now, string? end)
    {
        var quiet = new QuietHours(Minutes(from), Minutes(to), zone);
        Assert.Equal(end is null ? null : Time(end), quiet.EndAfter(Time(now)));
    }

    private static int Minutes(string clock) => (int)TimeOnly.Parse(clock, CultureInfo.InvariantCulture).ToTimeSpan().TotalMinutes;

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
