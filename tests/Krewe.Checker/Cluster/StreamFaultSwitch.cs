using Krewe.ProcessHarness;

namespace Krewe.Checker.Cluster;

/// <summary>Turns the disturbance of gateway streams on and off in all silos at once, by a file that a hook in their processes looks at.</summary>
internal sealed class StreamFaultSwitch(string folder)
{
    private readonly string _file = Path.GetFullPath(Path.Combine(folder, "stream-faults"));

    /// <summary>Every item is lost, and the gateways find out as they would in earnest.</summary>
    public void Drop() => File.WriteAllText(_file, "drop");

    /// <summary>Everything vanishes, the heartbeats too.</summary>
    public void Cut() => File.WriteAllText(_file, "cut");

    /// <summary>Ends it. A fault that nothing has felt is no test.</summary>
    public void Clear()
    {
        File.Delete(_file);
        if (!File.Exists($"{_file}.felt")) throw new InvalidOperationException("The stream faults did not reach any server.");
    }

    /// <summary>What a server must be started with to look at the file. The server itself has no such switch: the runtime loads the hook before its code.</summary>
    public void Prepare(Dictionary<string, string> environment)
    {
        var configuration = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(ServerBinary.Path)!)!);
        environment["DOTNET_STARTUP_HOOKS"] = Path.Combine(ServerBinary.RepositoryRoot, "tests", "Krewe.StreamFaultHook", "bin", configuration, "net10.0", "Krewe.StreamFaultHook.dll");
        environment["STREAM_FAULT_FILE"] = _file;
    }
}
