using Krewe.Core.Administration;
using Krewe.Core.Draining;
using Krewe.Core.Errors;
using Krewe.Server.Admin.Calls;
using Krewe.Server.Options;

namespace Krewe.Server.Admin.Silos;

/// <summary>The silos of the cluster and the sessions on them.</summary>
internal static class SiloAdmin
{
    private const int MaxSessions = 500;

    private static readonly DateTimeOffset GenerationEpoch = new(2010, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static void AddSiloConsole(this ISiloBuilder silo)
    {
        silo.Services.AddSingleton<SiloGauge>();
        silo.Services.AddHostedService(services => services.GetRequiredService<SiloGauge>());
        silo.Services.AddSingleton<SiloReporter>();
        silo.Services.AddSingleton<SettingsInForce>();
        silo.Services.AddSingleton<SiloConsoleClient>();
        silo.Services.AddSingleton<ClusterView>();
        silo.Services.AddHostedService<UnfinishedWork>();
        silo.AddGrainService<SiloConsole>();
    }

    public static void MapSilos(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/admin/v1/silos", (Delegate)SilosAsync);
        endpoints.MapGet("/admin/v1/sessions", (Delegate)SessionsAsync);
        endpoints.MapPost("/admin/v1/silos/{silo}/drain", (Delegate)DrainAsync);
    }

    private static Task<IResult> SilosAsync(HttpContext context) => AdminReply.GuardAsync(async () =>
    {
        if (AdminRequest.Unknown(context) is { } unknown)
            return AdminReply.Of(unknown);
        var view = context.RequestServices.GetRequiredService<ClusterView>();
        var members = view.Members;
        var asked = members.Where(member => ClusterView.MayAnswer(member.Status)).Select(member => member.SiloAddress);
        var reports = (await view.AskAsync(asked, silo => silo.ReportAsync())).ToDictionary(answer => answer.Silo, answer => answer.Answer);
        var self = context.RequestServices.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        return AdminReply.Json(new { silos = members.Select(member => Row(member, reports.GetValueOrDefault(member.SiloAddress), member.SiloAddress.Equals(self))) });
    });

    private static object Row(ClusterMember member, SiloReport? report, bool self) => new
    {
        Silo = ClusterView.Name(member.SiloAddress),
        member.Name,
        State = member.Status == SiloStatus.Active ? report?.State ?? "silent" : AdminReply.Word(member.Status),
        Self = self ? true : (bool?)null,
        // The generation of a silo's address is the second that it started in.
        Since = report?.Since ?? GenerationEpoch.AddSeconds(member.SiloAddress.Generation),
        report?.Version,
        Roles = report?.Roles,
        report?.Connections,
        report?.Sessions,
        report?.Users,
        MessagesPerSecond = Rounded(report?.MessagesPerSecond),
        ItemsPerSecond = Rounded(report?.ItemsPerSecond),
        Cpu = Rounded(report?.Cpu, 3),
        report?.Processors,
        report?.MemoryBytes,
        Troubles = report?.Troubles,
    };

    private static Task<IResult> SessionsAsync(HttpContext context) => AdminReply.GuardAsync(async () =>
    {
        if (AdminRequest.Unknown(context, "silo", "user", "after", "limit") is { } unknown)
            return AdminReply.Of(unknown);
        if (!AdminRequest.Limit(context, 100, MaxSessions).TryGet(out var limit, out var fault))
            return AdminReply.Of(fault);
        Core.Addresses.Jid? user = null;
        if (AdminRequest.Text(context, "user") is { } name)
        {
            if (!AdminRequest.User(context, name).TryGet(out var one, out fault))
                return AdminReply.Of(fault);
            user = one;
        }
        var view = context.RequestServices.GetRequiredService<ClusterView>();
        var asked = view.Alive;
        if (AdminRequest.Text(context, "silo") is { } silo)
        {
            if (view.Find(silo) is not { } member)
                return AdminReply.Bad("silo", "No silo of the cluster has this address; /admin/v1/silos has them.");
            asked = [member.SiloAddress];
        }
        var after = AdminRequest.Text(context, "after");
        var answers = await view.AskAsync(asked, gateway => gateway.SessionsAsync(after, user, limit + 1));
        var rows = answers.SelectMany(answer => (answer.Answer?.Sessions ?? []).Select(session => (answer.Silo, session)))
            .OrderBy(row => row.session.SessionId, StringComparer.Ordinal).Take(limit + 1).ToList();
        return AdminReply.Json(new
        {
            Total = answers.Sum(answer => answer.Answer?.Total ?? 0),
            Sessions = rows.Take(limit).Select(row => Row(row.Silo, row.session)),
            Next = rows.Count > limit ? rows[limit - 1].session.SessionId : null,
            Silent = answers.Where(answer => answer.Answer is null).Select(answer => ClusterView.Name(answer.Silo)),
        });
    });

    private static Task<IResult> DrainAsync(HttpContext context) => AdminReply.GuardAsync(async () =>
    {
        var name = (string)context.GetRouteValue("silo")!;
        if (context.RequestServices.GetRequiredService<ClusterView>().Find(name) is not { } member)
            return AdminReply.Of(new Fault(FaultCode.NotFound, "No silo of the cluster has this address; /admin/v1/silos has them.") { Member = "silo" });
        if (!ClusterView.MayAnswer(member.Status))
            return AdminReply.Of(new Fault(FaultCode.NotFound, $"The silo is {AdminReply.Word(member.Status)}.") { Member = "silo" });
        var status = await context.RequestServices.GetRequiredService<IClusterDrain>().DrainAsync(member.SiloAddress);
        context.RequestServices.GetRequiredService<Audit>().Write(context, "drain the silo", ClusterView.Name(member.SiloAddress));
        return AdminReply.Json(status, StatusCodes.Status202Accepted);
    });

    private static object Row(SiloAddress gateway, SessionReport session) => new
    {
        Session = session.SessionId,
        User = session.User.Text,
        session.Device,
        session.Transport,
        Gateway = ClusterView.Name(gateway),
        Core = session.Core is { } core ? ClusterView.Name(core) : null,
        session.Since,
        session.Cursor,
        session.Queued,
    };

    private static double? Rounded(double? value, int digits = 1) => value is { } number ? Math.Round(number, digits) : null;
}
