using Krewe.Core.Administration;
using Krewe.Core.Draining;
using Krewe.Core.Mailboxes;
using Krewe.Push;
using Krewe.Server.Clustering;
using Krewe.Server.Listening;
using Krewe.Server.Options;
using Microsoft.Extensions.Options;

namespace Krewe.Server.Admin.Silos;

/// <summary>Puts together how this silo fares.</summary>
internal sealed class SiloReporter(
    SiloGauge gauge, ConnectionBound connections, IHostApplicationLifetime lifetime, ISiloDrain drain, IStoreHealth store,
    IOptions<RoleOptions> roles, TimeProvider time, IServiceProvider services)
{
    private readonly DateTimeOffset _since = time.GetUtcNow();
    private readonly PushConsole? _push = services.GetService<PushConsole>();
    private readonly IGatewayConsole? _gateway = services.GetService<IGatewayConsole>();

    public SiloReport Report()
    {
        var (messages, items, cpu) = gauge.Rates();
        return new SiloReport
        {
            Version = CommandLine.Version,
            Roles = roles.Value.Roles,
            State = lifetime.ApplicationStopping.IsCancellationRequested ? "stopping" : drain.Stage switch
            {
                DrainStage.Draining => "draining",
                DrainStage.Drained => "drained",
                _ => "active",
            },
            Since = _since,
            Connections = connections.Open,
            Sessions = _gateway?.Sessions,
            MessagesPerSecond = messages,
            ItemsPerSecond = items,
            Cpu = cpu,
            Processors = Environment.ProcessorCount,
            MemoryBytes = Environment.WorkingSet,
            Users = drain.Status.Users,
            Troubles = [.. Troubles()],
        };
    }

    private IEnumerable<string> Troubles()
    {
        if (store.Trouble is { } trouble)
            yield return $"store: {trouble}";
        foreach (var alarm in _push?.Alarms ?? [])
            yield return $"push {alarm.Platform.ToString().ToLowerInvariant()}: {alarm.Detail}";
    }
}
