using Krewe.Core.Silos;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Krewe.Server.Health;

/// <summary>On a gateway: is there anybody who runs users? If not, clients hear "unavailable" here as on every other gateway: degraded, and ready.</summary>
internal sealed class CoreCheck(ClusterRoles cluster) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(cluster.AnyCore ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded("no silo of the role core is active"));
}
