using Krewe.Core.Draining;
using Krewe.Server.Listening;
using Krewe.Server.Options;
using Krewe.Server.Telemetry;
using Microsoft.Extensions.Options;

namespace Krewe.Server.Lifetime;

/// <summary>The life of the process: what it starts from, how it fails, how it ends.</summary>
internal static class ServerProcess
{
    /// <summary>How long a stop may take before what is left is aborted; promise: gone within 10 s of SIGTERM.</summary>
    /// <remarks>The drain has 4 s unless told, connections are gone 1.5 s later; the silo needs half a second. One that is aborted takes a second more.</remarks>
    private static TimeSpan StopTimeout(DrainOptions drain) => drain.DrainDelay + drain.DrainTimeout + TimeSpan.FromSeconds(3.5);

    /// <summary>The same for a start that failed.</summary>
    private static readonly TimeSpan FailedTimeout = TimeSpan.FromSeconds(7.5);

    /// <summary>The same for a start that was broken off, after <see cref="StopSignals.Patience"/>.</summary>
    private static readonly TimeSpan BrokenOffTimeout = TimeSpan.FromSeconds(4);

    public static WebApplicationBuilder CreateBuilder(CommandLine line)
    {
        var builder = SettingsFiles.CreateBuilder(line);
        builder.AddSettingsFiles(line);
        builder.AddSecrets(line);
        builder.Configuration.AddEnvironmentVariables().AddCommandLine(line.Settings);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, SignalledLifetime>();
        builder.Services.AddOptions<HostOptions>().Configure((HostOptions host, IOptions<DrainOptions> drain) => host.ShutdownTimeout = StopTimeout(drain.Value));
        return builder;
    }

    public static async Task<int> RunAsync(Func<StopSignals, Task> run)
    {
        using var signals = StopSignals.Listen();
        try
        {
            await run(signals);
            return 0;
        }
        catch (Exception trouble) when (StartFailure.Explain(trouble) is { } refused)
        {
            await Console.Error.WriteLineAsync($"Krewe cannot start: {refused.Message}");
            return refused.ExitCode;
        }
    }

    /// <summary>Serves until told to stop.</summary>
    public static async Task RunServerAsync(this WebApplication app, ServerSettings settings, StopSignals signals)
    {
        if (!signals.Requested.IsCancellationRequested)
            PortCheck.Run(settings);
        if (!await app.StartUnlessToldToStopAsync(signals))
        {
            await Console.Out.WriteLineAsync("Krewe was told to stop while it started, and has stopped.");
            return;
        }
        LogGate.Open();
        await Console.Out.WriteLineAsync(StartSummary.Line(app.Services, settings));
        await using var told = signals.Requested.Register(app.Lifetime.StopApplication);
        await app.WaitForShutdownAsync();
    }

    /// <summary>True when it has started; false when it was told to stop meanwhile, and has stopped.</summary>
    public static async Task<bool> StartUnlessToldToStopAsync(this IHost app, StopSignals signals)
    {
        if (signals.Requested.IsCancellationRequested)
            return false;
        // A start that is broken off is no trouble that the log should tell.
        await using var quiet = signals.Requested.Register(LogGate.Fail);
        try
        {
            // A silo that is half started has no order to stop in: it gets the time to be whole.
            await app.StartAsync(signals.StartIsOver);
        }
        catch when (signals.StartIsOver.IsCancellationRequested)
        {
            await StopStartedAsync(app, BrokenOffTimeout);
            return false;
        }
        catch
        {
            // What did start stops in order; the reason is told once, by RunAsync.
            LogGate.Fail();
            await StopStartedAsync(app, FailedTimeout);
            throw;
        }
        if (!signals.Requested.IsCancellationRequested)
            return true;
        await app.StopAsync();
        return false;
    }

    private static async Task StopStartedAsync(IHost app, TimeSpan timeout)
    {
        using var patience = new CancellationTokenSource(timeout);
        try
        {
            await app.StopAsync(patience.Token);
        }
        catch (Exception trouble) when (trouble is InvalidOperationException or AggregateException or OperationCanceledException)
        {
            // Orleans refuses to stop what it has not started.
        }
    }
}
