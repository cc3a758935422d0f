using Krewe.Storage.Embedded;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Krewe.Server.Health;

/// <summary>Does the store take writes? If not, the server is degraded but still ready: reads and connections go on, and there is no other silo to go to.</summary>
internal sealed class StorageCheck(EmbeddedStore store) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(store.Trouble is { } trouble ? HealthCheckResult.Degraded(trouble) : HealthCheckResult.Healthy());
}
