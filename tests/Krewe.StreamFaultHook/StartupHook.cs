using System.Diagnostics;
using Krewe.StreamFaultHook;
using Krewe.Streams.Faults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// DOTNET_STARTUP_HOOKS wants a type of this name outside of any namespace (dotnet/runtime, docs/design/features/host-startup-hook.md).
#pragma warning disable CA1050
/// <summary>Runs in a server's process before its own code and slips the faults in among its services.</summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("STREAM_FAULT_FILE") is { } file) DiagnosticListener.AllListeners.Subscribe(new HostWatch(file));
    }

    /// <summary>The hosting library tells of every host that is about to be built.</summary>
    private sealed class HostWatch(string file) : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.Extensions.Hosting") value.Subscribe(this);
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value is { Key: "HostBuilding", Value: IHostBuilder builder })
                builder.ConfigureServices((_, services) => services.AddSingleton<IGatewayStreamFaults>(new FileFaults(file)));
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
