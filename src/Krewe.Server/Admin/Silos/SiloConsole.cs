using Krewe.Core.Addresses;
using Krewe.Core.Administration;
using Krewe.Core.Push;
using Krewe.Server.Options;
using Orleans.Runtime.Services;

namespace Krewe.Server.Admin.Silos;

/// <summary>Answers for this silo.</summary>
internal sealed class SiloConsole(GrainId id, Silo silo, ILoggerFactory loggers, IServiceProvider services) : GrainService(id, silo, loggers), ISiloConsole
{
    private readonly SiloReporter _reporter = services.GetRequiredService<SiloReporter>();
    private readonly SettingsInForce _settings = services.GetRequiredService<SettingsInForce>();
    private readonly MessageTrail _trail = services.GetRequiredService<MessageTrail>();
    private readonly IPushOutbox? _outbox = services.GetService<IPushOutbox>();
    private readonly IGatewayConsole? _gateway = services.GetService<IGatewayConsole>();

    public ValueTask<SiloReport> ReportAsync() => new(_reporter.Report());

    public ValueTask<Audience> OnlineAsync() => new(new Audience([.. _gateway?.Users() ?? []]));

    public ValueTask<Settings> SettingsAsync() => new(_settings.Read());

    public async ValueTask<OwnedPushes> PushesAsync(Jid user) => new(_outbox is null ? null : await _outbox.ListAsync(user));

    public ValueTask<Trail> TrailAsync(Jid from, string id) => new(_trail.Find(from, id));

    public ValueTask<SessionsPage> SessionsAsync(string? after, Jid? user, int limit) => new(_gateway?.List(after, user, limit) ?? SessionsPage.Empty);
}

internal sealed class SiloConsoleClient(IServiceProvider services) : GrainServiceClient<ISiloConsole>(services)
{
    public ISiloConsole On(SiloAddress silo) => GetGrainService(silo);
}
