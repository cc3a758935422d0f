using System.Text.Json;
using Krewe.Server.Options;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace Krewe.Server.Health;

/// <summary>Is the process alive, and should clients be sent here?</summary>
internal static class HealthSetup
{
    public const string Live = "/health/live";
    public const string Ready = "/health/ready";

    public static void AddHealth(this WebApplicationBuilder builder, ServerSettings settings)
    {
        var checks = builder.Services.AddHealthChecks()
            .AddCheck<ServingCheck>("serving")
            .AddCheck<SiloCheck>("silo")
            .AddCheck<StorageCheck>("storage");
        if (settings.Roles.IsCore)
            checks.AddCheck<PushCheck>("push");
        else
            checks.AddCheck<CoreCheck>("core");
    }

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        // Alive is who answers: a store that is away heals without a restart.
        endpoints.MapHealthChecks(Live, new HealthCheckOptions { Predicate = _ => false, ResponseWriter = Write });
        endpoints.MapHealthChecks(Ready, new HealthCheckOptions { ResponseWriter = Write });
    }

    private static Task Write(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        var checks = report.Entries.ToDictionary(entry => entry.Key, entry => new { status = Word(entry.Value.Status), reason = entry.Value.Description });
        return context.Response.WriteAsync(JsonSerializer.Serialize(new { status = Word(report.Status), checks }));
    }

    private static string Word(HealthStatus status) => status.ToString().ToLowerInvariant();
}
