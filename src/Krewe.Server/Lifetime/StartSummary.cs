using Krewe.Core.Silos;
using Krewe.Server.Admin;
using Krewe.Server.Clustering;
using Krewe.Server.Listening;
using Krewe.Server.Options;
using Krewe.Storage.Postgres;

namespace Krewe.Server.Lifetime;

/// <summary>The one line that tells where everything is, once everything is there.</summary>
internal static class StartSummary
{
    public static string Line(IServiceProvider services, ServerSettings settings)
    {
        var listeners = services.GetRequiredService<Listeners>();
        List<string> parts = settings.Roles.Roles == SiloRoles.Both ? [] : [$"role {RoleOptions.Text(settings.Roles.Roles)}"];
        if ((listeners.Http is { } http ? ListenAddress.Url("http", http) : listeners.Https is { } tls ? ListenAddress.Url("https", tls) : null) is { } open)
        {
            parts.Add($"chat {open}/");
            parts.Add($"transports {open}/transports");
        }
        if (listeners is { Http: not null, Https: { } https })
            parts.Add($"with TLS {ListenAddress.Url("https", https)}/");
        if (listeners.Xmpp is { } xmpp)
            parts.Add($"xmpp {xmpp}");
        if (listeners.XmppTls is { } xmppTls)
            parts.Add($"xmpp with TLS {xmppTls}");
        parts.Add($"admin {ListenAddress.Url("http", listeners.Admin)}/ (token: {services.GetRequiredService<AdminToken>().Origin})");
        parts.Add($"data {services.GetService<PostgresStore>()?.Place ?? settings.DataPath}");
        return $"Krewe {CommandLine.Version} is ready: {string.Join(" | ", parts)}";
    }
}
