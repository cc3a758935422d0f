using Krewe.Core.Addresses;
using Krewe.Core.Administration;
using Krewe.Core.Errors;
using Krewe.Core.Limits;
using Krewe.Core.Push;
using Krewe.Core.Users;
using Krewe.Server.Admin.Calls;

namespace Krewe.Server.Admin.Silos;

/// <summary>The way of one message: what the mailboxes say of it, and what silos remember of its steps.</summary>
internal static class MessageAdmin
{
    private const int MaxIdLength = 128;

    public static void MapMessages(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/admin/v1/messages", (Delegate)TraceAsync);

    private static Task<IResult> TraceAsync(HttpContext context) => AdminReply.GuardAsync(async () =>
    {
        if (AdminRequest.Unknown(context, "from", "id", "owner", "seq") is { } unknown)
            return AdminReply.Of(unknown);
        var (byId, byPlace) = (Has(context, "from") || Has(context, "id"), Has(context, "owner") || Has(context, "seq"));
        if (byId == byPlace)
            return AdminReply.Bad(byId ? "owner" : "from", "A message is named by from and id, or by owner and seq.");
        var found = byId ? await ByIdAsync(context) : await ByPlaceAsync(context);
        if (!found.TryGet(out var message, out var fault))
            return AdminReply.Of(fault);
        return await AnswerAsync(context, message);
    });

    private static async Task<Outcome<MessageTrace>> ByIdAsync(HttpContext context)
    {
        if (!AdminRequest.User(context, AdminRequest.Text(context, "from"), "from").TryGet(out var from, out var fault))
            return fault;
        if (AdminRequest.Text(context, "id") is not { } id || CharacterCount.Of(id) > MaxIdLength)
            return Fault.BadRequest("id", $"An id has 1 to {MaxIdLength} characters.");
        var trace = await Grain(context, from).TraceAsync(from, id);
        return trace.Fault is { Code: FaultCode.NotFound, Member: "user" } nobody ? nobody with { Member = "from" } : trace;
    }

    private static async Task<Outcome<MessageTrace>> ByPlaceAsync(HttpContext context)
    {
        if (!AdminRequest.User(context, AdminRequest.Text(context, "owner"), "owner").TryGet(out var owner, out var fault)
            || !AdminRequest.Number(context, "seq", 0, 1, long.MaxValue).TryGet(out var seq, out fault))
            return fault;
        if (seq == 0)
            return Fault.BadRequest("seq", "The seq is missing.");
        var trace = await Grain(context, owner).TraceAtAsync(seq);
        return trace.Fault is { Code: FaultCode.NotFound, Member: "user" } nobody ? nobody with { Member = "owner" } : trace;
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, MessageTrace message)
    {
        // The other copy: a sender may be gone or a server itself, a recipient may have been deleted since.
        var copies = new List<MessageTrace> { message };
        foreach (var other in new[] { message.From, message.To }.Distinct().Where(other => other != message.Owner && !other.Local.IsEmpty))
            if ((await Grain(context, other).TraceAsync(message.From, message.Id)).TryGet(out var copy, out _))
                copies.Add(copy);
        var view = context.RequestServices.GetRequiredService<ClusterView>();
        var answers = await view.AskAsync(view.Alive, silo => silo.TrailAsync(message.From, message.Id));
        var pushes = (await view.AskAsync(view.Alive, silo => silo.PushesAsync(message.To))).FirstOrDefault(answer => answer.Answer?.Rows is not null).Answer?.Rows ?? [];
        var aside = pushes.Where(row => row.Pending.Seq >= copies.FirstOrDefault(copy => copy.Owner == message.To)?.Seq).ToList();
        return AdminReply.Json(new
        {
            From = message.From.Text,
            To = message.To.Text,
            message.Id,
            message.Kind,
            message.SentAt,
            message.Device,
            Mailboxes = copies.OrderBy(copy => copy.Owner != message.From).Select(copy => Copy(copy, copy.Owner == message.To ? aside : [])),
            Receipts = copies.SelectMany(copy => copy.Receipts).Select(receipt => new { receipt.Kind, From = receipt.From.Text, receipt.Seq, receipt.SentAt }),
            Hops = answers.SelectMany(answer => (answer.Answer?.Entries ?? []).Select(entry => (answer.Silo, entry))).OrderBy(hop => hop.entry.At).Select(hop => Hop(hop.Silo, hop.entry)),
            Silent = answers.Where(answer => answer.Answer is null).Select(answer => ClusterView.Name(answer.Silo)),
        });
    }

    private static object Copy(MessageTrace copy, List<OwnedPush> pushes)
    {
        // Of one's own message nobody else is told that one has read it.
        var own = copy.From == copy.Owner;
        return new
        {
            Owner = copy.Owner.Text,
            copy.Seq,
            Delivered = own ? (bool?)null : copy.Delivered,
            Read = own ? (bool?)null : copy.Read,
            Devices = copy.Devices.Select(device => new
            {
                device.Name,
                device.Acked,
                device.Shown,
                Waiting = pushes.FirstOrDefault(push => push.Pending.Device == device.Name) is { } row
                    ? row.Reason is { } reason ? $"set aside: {reason}" : $"due {row.Pending.Due:O}, {row.Pending.Attempts} attempts failed{(row.Pending.LastCode is { } code ? $", {code}" : "")}" : null,
            }),
        };
    }

    private static object Hop(SiloAddress silo, TrailEntry entry) => new
    {
        entry.At,
        entry.Step,
        Owner = entry.Owner.Text,
        Seq = entry.Seq == 0 ? (long?)null : entry.Seq,
        entry.Detail,
        Gateway = entry.Gateway is { } gateway ? ClusterView.Name(gateway) : null,
        Silo = ClusterView.Name(silo),
    };

    private static bool Has(HttpContext context, string name) => AdminRequest.Text(context, name) is not null;

    private static IUserAdminGrain Grain(HttpContext context, Jid user) => context.RequestServices.GetRequiredService<UserGrains>().Get<IUserAdminGrain>(user);
}
