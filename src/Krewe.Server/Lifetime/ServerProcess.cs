using System.Diagnostics;
using System.Runtime.InteropServices;
using Krewe.Server.Listening;
using Krewe.Server.Options;
using Krewe.Server.Telemetry;

namespace Krewe.Server.Lifetime;

/// <summary>The life of the process: what it starts from, how it fails, how it ends.</summary>
internal static class ServerProcess
{
    /// <summary>How long a stop may take before what is left is aborted; promise: gone within 10 s of SIGTERM.</summary>
    /// <remarks>Clients are gone after 4 s, connections after 5.5; the silo needs half a second. One that is aborted takes a second more.</remarks>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(7.5);

    public static WebApplicationBuilder CreateBuilder(CommandLine line)
    {
        // Nothing by default: no file watchers over the working directory, no developer pages, no settings that Krewe does not document.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = line.Settings, ApplicationName = "Krewe.Server" });
        builder.Configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true);
        try
        {
            var own = Path.Combine(builder.Environment.ContentRootPath, "appsettings.json");
            if (own != Path.Combine(AppContext.BaseDirectory, "appsettings.json"))
                builder.Configuration.AddJsonFile(own, optional: true);
        }
        catch (InvalidDataException trouble)
        {
            throw new StartRefusedException($"{trouble.Message} {trouble.InnerException?.Message}", StartRefusedException.BadConfiguration);
        }
        builder.Configuration.AddEnvironmentVariables().AddCommandLine(line.Settings);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopTimeout);
        return builder;
    }

    public static async Task<int> RunAsync(Func<Task> run)
    {
        using var impatient = AbortOnSecondInterrupt();
        try
        {
            await run();
            return 0;
        }
        catch (Exception trouble) when (StartFailure.Explain(trouble) is { } refused)
        {
            await Console.Error.WriteLineAsync($"Krewe cannot start: {refused.Message}");
            return refused.ExitCode;
        }
    }

    /// <summary>Serves until told to stop.</summary>
    public static async Task RunServerAsync(this WebApplication app, ServerSettings settings)
    {
        PortCheck.Run(settings);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            // What did start stops in order; the reason is told once, by RunAsync.
            LogGate.Fail();
            await StopStartedAsync(app);
            throw;
        }
        LogGate.Open();
        await Console.Out.WriteLineAsync(StartSummary.Line(app.Services, settings));
        await app.WaitForShutdownAsync();
    }

    private static async Task StopStartedAsync(WebApplication app)
    {
        try
        {
            await app.StopAsync();
        }
        catch (Exception trouble) when (trouble is InvalidOperationException or AggregateException)
        {
            // Orleans refuses to stop what it has not started.
        }
    }

    private static PosixSignalRegistration AbortOnSecondInterrupt()
    {
        var interrupts = 0;
        return PosixSignalRegistration.Create(PosixSignal.SIGINT, _ =>
        {
            if (Interlocked.Increment(ref interrupts) < 2)
                return;
            Console.Error.WriteLine("Krewe stops at once.");
            // Acknowledged messages are on disk: nothing is lost by leaving now.
            Process.GetCurrentProcess().Kill();
        });
    }
}
