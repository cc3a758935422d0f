using Krewe.Core.Mailboxes;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Krewe.Server.Health;

/// <summary>Does the store take writes? If not, the server is degraded but still ready: connections go on, reads too where the store can, and another silo has the same store.</summary>
internal sealed class StorageCheck(IStoreHealth store) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(store.Trouble is { } trouble ? HealthCheckResult.Degraded(trouble) : HealthCheckResult.Healthy());
}
