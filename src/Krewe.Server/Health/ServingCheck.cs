using Krewe.Core.Draining;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Krewe.Server.Health;

/// <summary>Started, and neither asked to stop nor to drain.</summary>
internal sealed class ServingCheck(IHostApplicationLifetime lifetime, ISiloDrain drain) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("stopping")
        : drain.Stage != DrainStage.Serving ? HealthCheckResult.Unhealthy(drain.Stage == DrainStage.Draining ? "draining" : "drained: it has to be restarted")
        : !lifetime.ApplicationStarted.IsCancellationRequested ? HealthCheckResult.Unhealthy("starting")
        : HealthCheckResult.Healthy());
}
