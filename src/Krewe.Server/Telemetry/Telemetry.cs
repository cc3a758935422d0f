using OpenTelemetry.Metrics;

namespace Krewe.Server.Telemetry;

/// <summary>What <c>/metrics</c> shows.</summary>
internal static class Telemetry
{
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ProcessMetrics>();
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddInstrumentation(services => services.GetRequiredService<ProcessMetrics>())
            .AddMeter("Krewe.*", "Microsoft.Orleans")
            .AddAspNetCoreInstrumentation()
            .AddRuntimeInstrumentation()
            .AddPrometheusExporter());
    }
}
