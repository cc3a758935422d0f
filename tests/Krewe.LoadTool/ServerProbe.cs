using System.Diagnostics;

namespace Krewe.LoadTool;

/// <summary>Reads a process's CPU time and memory.</summary>
internal sealed class ServerProbe(int? pid)
{
    private TimeSpan _cpu;

    public bool Available => pid is not null;

    /// <summary>Bytes of resident memory; 0 if unknown.</summary>
    public long ResidentBytes => Look(process => process.WorkingSet64);

    public void Start() => _cpu = Look(process => process.TotalProcessorTime);

    /// <summary>CPU time since <see cref="Start"/>.</summary>
    public TimeSpan Cpu => Look(process => process.TotalProcessorTime) - _cpu;

    private T? Look<T>(Func<Process, T> what)
    {
        if (pid is not { } id) return default;
        using var process = Process.GetProcessById(id);
        return what(process);
    }
}
