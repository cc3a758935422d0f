using System.Diagnostics;

namespace Krewe.LoadTool;

/// <summary>Reads the CPU time and memory of processes, together.</summary>
internal sealed class ServerProbe(params int[] pids)
{
    private TimeSpan _cpu;

    public bool Available => pids.Length > 0;

    /// <summary>Bytes of resident memory; 0 if unknown.</summary>
    public long ResidentBytes => pids.Sum(pid => Look(pid, process => process.WorkingSet64));

    public void Start() => _cpu = Now();

    /// <summary>CPU time since <see cref="Start"/>.</summary>
    public TimeSpan Cpu => Now() - _cpu;

    private TimeSpan Now() => pids.Aggregate(TimeSpan.Zero, (sum, pid) => sum + Look(pid, process => process.TotalProcessorTime));

    private static T Look<T>(int pid, Func<Process, T> what)
    {
        using var process = Process.GetProcessById(pid);
        return what(process);
    }
}
