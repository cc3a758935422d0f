using System.Globalization;
using System.Text.RegularExpressions;

namespace Krewe.Server.Options;

/// <summary>How time spans are written: by an operator as <c>hh:mm:ss</c> or <c>d.hh:mm:ss</c>, in sentences as in the documentation.</summary>
internal static partial class TimeSpanText
{
    /// <summary>What is said of a value that is none.</summary>
    public static string Kind(string? value) =>
        "a time span: hh:mm:ss or d.hh:mm:ss"
        + (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 60
            ? string.Create(CultureInfo.InvariantCulture, $", so that {number} s is 00:00:{number:00} and {number} {(number == 1 ? "day" : "days")} {number}.00:00:00")
            : ", such as 00:00:30 or 7.00:00:00");

    /// <summary>Is it of the documented form? .NET would take 5 for five days and 24:00:00 for twenty-four.</summary>
    public static bool IsOne(string? value) => value is not null && Form().IsMatch(value);

    /// <summary>A bound, in words and as it would be written.</summary>
    public static string Describe(TimeSpan span) => $"{Words(span)} ({Written(span)})";

    private static string Words(TimeSpan span) => span.Ticks switch
    {
        0 => "0 s",
        >= TimeSpan.TicksPerDay and var ticks when ticks % TimeSpan.TicksPerDay == 0 => Count(ticks / TimeSpan.TicksPerDay, "day"),
        >= TimeSpan.TicksPerHour and var ticks when ticks % TimeSpan.TicksPerHour == 0 => Count(ticks / TimeSpan.TicksPerHour, "hour"),
        >= TimeSpan.TicksPerMinute and var ticks when ticks % TimeSpan.TicksPerMinute == 0 => $"{ticks / TimeSpan.TicksPerMinute} min",
        var ticks when ticks % TimeSpan.TicksPerSecond == 0 => $"{ticks / TimeSpan.TicksPerSecond} s",
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds} ms"),
    };

    private static string Count(long number, string unit) => $"{number} {unit}{(number == 1 ? "" : "s")}";

    private static string Written(TimeSpan span) => span.ToString(span.Ticks % TimeSpan.TicksPerSecond == 0 ? "c" : span.Days == 0 ? @"hh\:mm\:ss\.fff" : @"d\.hh\:mm\:ss\.fff", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^([0-9]+\.)?([01]?[0-9]|2[0-3]):[0-5]?[0-9]:[0-5]?[0-9](\.[0-9]{1,7})?\z")]
    private static partial Regex Form();
}
