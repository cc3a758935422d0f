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
            // Room for the 2 000 combinations of tags that it reckons with takes 175 KB an instrument, and none of ours has a tenth of that.
            .AddView(_ => new MetricStreamConfiguration { CardinalityLimit = 250 })
            .AddAspNetCoreInstrumentation()
            .AddRuntimeInstrumentation()
            .AddPrometheusExporter());
    }

    /// <summary>Begins to collect, before the parts count anything: what they count from the start must not be lost.</summary>
    public static void UseTelemetry(this WebApplication app) => app.Services.GetRequiredService<MeterProvider>();
}
