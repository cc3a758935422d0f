using Krewe.Server.Admin;
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
        var open = listeners.Http is { } http ? ListenAddress.Url("http", http) : ListenAddress.Url("https", listeners.Https!);
        List<string> parts =
        [
            $"chat {open}/",
            $"transports {open}/transports",
        ];
        if (listeners is { Http: not null, Https: { } https })
            parts.Add($"with TLS {ListenAddress.Url("https", https)}/");
        parts.Add($"admin {ListenAddress.Url("http", listeners.Admin)}/ (token: {services.GetRequiredService<AdminToken>().Origin})");
        parts.Add($"data {services.GetService<PostgresStore>()?.Place ?? settings.DataPath}");
        return $"Krewe {CommandLine.Version} is ready: {string.Join(" | ", parts)}";
    }
}
