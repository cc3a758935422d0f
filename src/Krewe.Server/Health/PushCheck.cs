using Krewe.Push;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Krewe.Server.Health;

/// <summary>Do the push services take what this server sends? If not, messages still go their way: degraded, and ready.</summary>
internal sealed class PushCheck(PushConsole push) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var alarms = push.Alarms;
        return Task.FromResult(alarms.Count == 0 ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded(string.Join("; ", alarms.Select(alarm => $"{alarm.Platform.ToString().ToLowerInvariant()}: {alarm.Detail}"))));
    }
}
