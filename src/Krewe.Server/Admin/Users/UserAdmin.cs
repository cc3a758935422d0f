using Krewe.Core.Accounts;
using Krewe.Core.Addresses;
using Krewe.Core.Administration;
using Krewe.Core.Connections;
using Krewe.Core.Errors;
using Krewe.Core.Users;
using Krewe.Server.Admin.Calls;
using Krewe.Server.Admin.Silos;

namespace Krewe.Server.Admin.Users;

/// <summary>Users for the operator: look up, make, kick, disable, sign out, reset the password, delete.</summary>
internal static class UserAdmin
{
    private const int MaxListed = 200;
    private const string Root = "/admin/v1/users";

    public static void MapUsers(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Root, (Delegate)ListAsync);
        endpoints.MapPost(Root, (Delegate)CreateAsync);
        endpoints.MapGet(Root + "/{user}", (Delegate)DescribeAsync);
        endpoints.MapDelete(Root + "/{user}", (Delegate)DeleteAsync);
        endpoints.MapPost(Root + "/{user}/kick", (Delegate)KickAsync);
        endpoints.MapPost(Root + "/{user}/disable", (Delegate)DisableAsync);
        endpoints.MapPost(Root + "/{user}/enable", (Delegate)EnableAsync);
        endpoints.MapPost(Root + "/{user}/sign-out", (Delegate)SignOutAsync);
        endpoints.MapPost(Root + "/{user}/password", (Delegate)ResetPasswordAsync);
    }

    private static Task<IResult> ListAsync(HttpContext context) => AdminReply.GuardAsync(async () =>
    {
        if (AdminRequest.Unknown(context, "after", "limit") is { } unknown)
            return AdminReply.Of(unknown);
        if (!AdminRequest.Limit(context, 50, MaxListed).TryGet(out var limit, out var fault))
            return AdminReply.Of(fault);
        Jid? after = null;
        if (AdminRequest.Text(context, "after") is { } name)
        {
            if (!AdminRequest.User(context, name, "after").TryGet(out var one, out fault))
                return AdminReply.Of(fault);
            after = one;
        }
        var users = await context.RequestServices.GetRequiredService<IUserList>().ListAsync(after, limit + 1, context.RequestAborted);
        var statuses = await Task.WhenAll(users.Take(limit).Select(async user => (user, await Grain(context, user).StatusAsync())));
        return AdminReply.Json(new
        {
            // A name that was only asked for in vain may have state too.
            Users = statuses.Where(row => row.Item2.Fault is null).Select(row => new { User = row.user.Text, row.Item2.Value!.Status, Created = row.Item2.Value!.CreatedAt }),
            Next = users.Length > limit ? users[limit - 1].Text : null,
        });
    });

    private static Task<IResult> DescribeAsync(HttpContext context) => AdminReply.GuardAsync(async () =>
        !AdminRequest.RouteUser(context).TryGet(out var user, out var fault) ? AdminReply.Of(fault)
        : (await Grain(context, user).DescribeAsync()).TryGet(out var report, out fault) ? AdminReply.Json(Page(report)) : AdminReply.Of(fault));

    private static object Page(UserReport report) => new
    {
        User = report.Address.Text,
        report.Status,
        Created = report.CreatedAt,
        Password = report.HasPassword,
        Core = ClusterView.Name(report.Core),
        report.Mailbox,
        report.Contacts,
        report.Blocks,
        report.Mutes,
        Devices = report.Devices.Select(device => new
        {
            device.Name,
            device.LastSeen,
            device.Acked,
            Push = device.Push is { } platform
                ? new { Platform = platform.ToString().ToLowerInvariant(), App = device.PushApp, Registered = device.PushRegisteredAt } : null,
        }),
        Sessions = report.Sessions.Select(session => new { Session = session.SessionId, session.Device, Gateway = ClusterView.Name(session.Gateway) }),
    };

    private static Task<IResult> CreateAsync(HttpContext context) => AdminReply.GuardAsync(async () =>
    {
        if (!(await AdminRequest.BodyAsync<CreateBody>(context)).TryGet(out var body, out var fault)
            || !AdminRequest.User(context, body.User).TryGet(out var user, out fault))
            return AdminReply.Of(fault);
        if (user.Local is "." or "..")
            return AdminReply.Bad("user", "In a path this name would mean a folder.");
        var derived = await context.RequestServices.GetRequiredService<NewPassword>().DeriveAsync(body.Password, context.RequestAborted);
        if (!derived.TryGet(out var password, out fault))
            return AdminReply.Of(fault);
        var created = await context.RequestServices.GetRequiredService<UserGrains>().Get<IAccountGrain>(user).CreateAsync(password.Credentials);
        Audit(context).Write(context, "create the user", user.Text, created.Fault);
        return created.Fault is { } refused
            ? AdminReply.Of(refused with { Member = refused.Member is null ? null : "user" })
            : AdminReply.Json(new { User = user.Text, Password = password.Made }, StatusCodes.Status201Created);
    });

    private static Task<IResult> DeleteAsync(HttpContext context) => ActAsync(context, "delete the user", grain => grain.RemoveAsync());

    private static Task<IResult> DisableAsync(HttpContext context) => ActAsync(context, "disable the user", grain => grain.SetDisabledAsync(disabled: true));

    private static Task<IResult> EnableAsync(HttpContext context) => ActAsync(context, "enable the user", grain => grain.SetDisabledAsync(disabled: false));

    private static Task<IResult> KickAsync(HttpContext context) => AdminReply.GuardAsync(async () =>
    {
        if (!AdminRequest.RouteUser(context).TryGet(out var user, out var fault)
            || !(await AdminRequest.BodyAsync<KickBody>(context, optional: true)).TryGet(out var body, out fault))
            return AdminReply.Of(fault);
        var kicked = await Grain(context, user).KickAsync(body.Session, CloseReason.Kicked);
        Audit(context).Write(context, body.Session is null ? "kick all sessions of" : $"kick session {Calls.Audit.Safe(body.Session)} of", user.Text, kicked.Fault);
        return kicked.TryGet(out var count, out fault) ? AdminReply.Json(new { Sessions = count }) : AdminReply.Of(fault);
    });

    private static Task<IResult> SignOutAsync(HttpContext context) => AdminReply.GuardAsync(async () =>
    {
        if (!AdminRequest.RouteUser(context).TryGet(out var user, out var fault)
            || !(await AdminRequest.BodyAsync<SignOutBody>(context, optional: true)).TryGet(out var body, out fault))
            return AdminReply.Of(fault);
        var outcome = await Grain(context, user).SignOutAsync(body.Device);
        return Audit(context).Done(context, body.Device is null ? "sign out all devices of" : $"sign out device {Calls.Audit.Safe(body.Device)} of", user.Text, outcome);
    });

    private static Task<IResult> ResetPasswordAsync(HttpContext context) => AdminReply.GuardAsync(async () =>
    {
        if (!AdminRequest.RouteUser(context).TryGet(out var user, out var fault)
            || !(await AdminRequest.BodyAsync<PasswordBody>(context, optional: true)).TryGet(out var body, out fault)
            || !(await context.RequestServices.GetRequiredService<NewPassword>().DeriveAsync(body.Password, context.RequestAborted)).TryGet(out var password, out fault))
            return AdminReply.Of(fault);
        var outcome = await Grain(context, user).ResetPasswordAsync(password.Credentials, signOut: !body.StaySignedIn);
        var done = Audit(context).Done(context, body.StaySignedIn ? "reset the password of" : "reset the password and sign out", user.Text, outcome);
        return outcome.Fault is null && password.Made is { } made ? AdminReply.Json(new { Password = made }) : done;
    });

    private static Task<IResult> ActAsync(HttpContext context, string what, Func<IUserAdminGrain, ValueTask<Outcome<Done>>> act) => AdminReply.GuardAsync(async () =>
        AdminRequest.RouteUser(context).TryGet(out var user, out var fault)
            ? Audit(context).Done(context, what, user.Text, await act(Grain(context, user))) : AdminReply.Of(fault));

    private static IUserAdminGrain Grain(HttpContext context, Jid user) => context.RequestServices.GetRequiredService<UserGrains>().Get<IUserAdminGrain>(user);

    private static Audit Audit(HttpContext context) => context.RequestServices.GetRequiredService<Audit>();

    private sealed class CreateBody
    {
        public string? User { get; set; }
        public string? Password { get; set; }
    }

    private sealed class KickBody
    {
        public string? Session { get; set; }
    }

    private sealed class SignOutBody
    {
        public string? Device { get; set; }
    }

    private sealed class PasswordBody
    {
        public string? Password { get; set; }
        public bool StaySignedIn { get; set; }
    }
}
