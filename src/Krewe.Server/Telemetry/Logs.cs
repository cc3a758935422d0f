using Microsoft.Extensions.Logging.Console;

namespace Krewe.Server.Telemetry;

/// <summary>One line an event on standard output, as journals and containers want it.</summary>
internal static class Logs
{
    public static void AddLogs(this WebApplicationBuilder builder)
    {
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        // The journal adds the time and reads the priority from <6>; a person wants to see both.
        builder.Logging.AddConsole(console => console.FormatterName =
            builder.Configuration["Logging:Console:FormatterName"]
            ?? (Environment.GetEnvironmentVariable("JOURNAL_STREAM") is null ? ConsoleFormatterNames.Simple : ConsoleFormatterNames.Systemd));
        builder.Services.Configure<SimpleConsoleFormatterOptions>(format =>
        {
            format.SingleLine = true;
            format.UseUtcTimestamp = true;
            format.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            format.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        builder.Services.Configure<ConsoleFormatterOptions>(format => format.UseUtcTimestamp = true);
        // It writes whole request addresses, and those of EventSource and WebSocket have ?access_token=: not even for debugging.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        // It says at every look what the part that is degraded has said once.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Error);
        // Its first look, while the silo starts, takes the machine's uptime for a delay.
        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", level => LogGate.IsOpen && level >= LogLevel.Warning);
        // What stops the start is told in one line by StartFailure, not as a stack trace as well.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => LogGate.IsOpen && level >= LogLevel.Warning);
        builder.Logging.AddFilter("Orleans.Runtime.Silo", level => !LogGate.HasFailed && level >= LogLevel.Warning);
        builder.Logging.AddFilter("Krewe.Grains.Draining", level => !LogGate.HasFailed && level >= LogLevel.Information);
        builder.Logging.AddFilter("Krewe.Gateway.Sessions.GatewayDrain", level => !LogGate.HasFailed && level >= LogLevel.Information);
    }
}

/// <summary>Closed until the server has started.</summary>
internal static class LogGate
{
    public static bool IsOpen { get; private set; }

    /// <summary>The start was given up.</summary>
    public static bool HasFailed { get; private set; }

    public static void Open() => IsOpen = true;

    public static void Fail() => HasFailed = true;
}
