using System.Diagnostics.Metrics;
using Krewe.Server.Options;

namespace Krewe.Server.Telemetry;

/// <summary>What the runtime's own meter leaves out about the process.</summary>
internal sealed class ProcessMetrics
{
    public ProcessMetrics(IMeterFactory meters, TimeProvider time)
    {
        var meter = meters.Create("Krewe.Server");
        var started = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        meter.CreateObservableGauge("krewe.process.start_time", () => started, "s", "When the process started, in seconds since 1970.");
        meter.CreateObservableGauge("krewe.info", () => new Measurement<int>(1, new KeyValuePair<string, object?>("version", CommandLine.Version)), null, "The version that runs.");
        if (Directory.Exists("/proc/self/fd"))
            meter.CreateObservableGauge("krewe.process.open_files", OpenFiles, null, "File descriptors in use: connections, database files and the rest.");
        if (OpenFilesLimit() is { } limit)
            meter.CreateObservableGauge("krewe.process.open_files_limit", () => limit, null, "How many there may be; `LimitNOFILE` or `ulimit -n` sets it.");
    }

    // "Max open files            1024                 1048576              files": the first number holds.
    private static long? OpenFilesLimit() =>
        File.Exists("/proc/self/limits")
        && File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) is { } line
        && long.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], out var limit) ? limit : null;

    private static int OpenFiles() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();
}
