using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Krewe.Server.Health;

/// <summary>Is this silo an active member of its cluster?</summary>
internal sealed class SiloCheck(ISiloStatusOracle oracle) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        oracle.CurrentStatus == SiloStatus.Active ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"the silo is {oracle.CurrentStatus}"));
}
