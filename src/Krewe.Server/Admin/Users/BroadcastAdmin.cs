using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Administration;
using Krewe.Core.Limits;
using Krewe.Server.Admin.Calls;
using Krewe.Server.Admin.Silos;

namespace Krewe.Server.Admin.Users;

/// <summary>A message of the operator to everybody, or to everybody who is online.</summary>
internal static class BroadcastAdmin
{
    private const string Root = "/admin/v1/broadcasts";
    private const int MaxBody = 4_000;
    private const int MaxId = 64;
    private const int PreviewLength = 60;

    // The list is one row of state.
    private const int MaxAudience = 50_000;

    public static void MapBroadcasts(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Root, (Delegate)ListAsync);
        endpoints.MapPost(Root, (Delegate)StartAsync);
        endpoints.MapPost(Root + "/{id}/stop", (Delegate)StopAsync);
    }

    private static Task<IResult> ListAsync(HttpContext context) => AdminReply.GuardAsync(async () =>
        AdminRequest.Unknown(context) is { } unknown ? AdminReply.Of(unknown) : AdminReply.Json(new { Broadcasts = (await Grain(context).ListAsync()).Select(Row) }));

    private static object Row(BroadcastReport report) => new
    {
        report.Order.Id,
        report.State,
        report.Order.To,
        report.Begun,
        report.Ended,
        report.Audience,
        report.Reached,
        report.PassedOver,
        report.Failed,
        Preview = CharacterCount.Of(report.Order.Body) > PreviewLength ? string.Concat(report.Order.Body.EnumerateRunes().Take(PreviewLength).Select(rune => rune.ToString())) + "…" : report.Order.Body,
    };

    private static Task<IResult> StartAsync(HttpContext context) => AdminReply.GuardAsync(async () =>
    {
        if (!(await AdminRequest.BodyAsync<StartBody>(context)).TryGet(out var body, out var fault))
            return AdminReply.Of(fault);
        if (string.IsNullOrWhiteSpace(body.Body) || CharacterCount.Of(body.Body) > MaxBody || body.Body.Contains('\0', StringComparison.Ordinal))
            return AdminReply.Bad("body", $"A broadcast has 1 to {MaxBody} characters, and not U+0000.");
        if (body.To is not ("online" or "all"))
            return AdminReply.Bad("to", "It goes to online or to all.");
        var id = body.Id ?? Guid.CreateVersion7().ToString("N");
        if (id.Length is 0 or > MaxId || !id.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_'))
            return AdminReply.Bad("id", $"An id has 1 to {MaxId} letters, digits, dashes and underscores.");
        var order = new BroadcastOrder(id, body.Body, body.To == "all" ? BroadcastTo.All : BroadcastTo.Online, body.Push);
        ImmutableArray<Jid> audience = [];
        if (order.To == BroadcastTo.Online && (audience = await OnlineAsync(context)).Length > MaxAudience)
            return AdminReply.Bad("to", $"More than {MaxAudience} users are online: send to all.");
        var started = await Grain(context).StartAsync(order, audience);
        context.RequestServices.GetRequiredService<Audit>().Write(context, $"broadcast {id} to", body.To, started.Fault);
        return started.Fault is { } refused ? AdminReply.Of(refused) : AdminReply.Json(new { id }, StatusCodes.Status202Accepted);
    });

    private static Task<IResult> StopAsync(HttpContext context) => AdminReply.GuardAsync(async () =>
    {
        var id = (string)context.GetRouteValue("id")!;
        return context.RequestServices.GetRequiredService<Audit>().Done(context, "stop the broadcast", Audit.Safe(id), await Grain(context).StopAsync(id));
    });

    private static async Task<ImmutableArray<Jid>> OnlineAsync(HttpContext context)
    {
        var view = context.RequestServices.GetRequiredService<ClusterView>();
        var answers = await view.AskAsync(view.Alive, silo => silo.OnlineAsync());
        return [.. answers.SelectMany(answer => answer.Answer?.Users ?? []).Distinct()];
    }

    private static IBroadcastGrain Grain(HttpContext context) => context.RequestServices.GetRequiredService<IGrainFactory>().GetGrain<IBroadcastGrain>(0);

    private sealed class StartBody
    {
        public string? Id { get; set; }
        public string? Body { get; set; }
        public string? To { get; set; }
        public bool Push { get; set; }
    }
}
