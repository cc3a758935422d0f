using Krewe.Core.Devices;
using Krewe.Core.Push;

namespace Krewe.Push.Delivery;

/// <summary>What happened, for metrics and alarms alike.</summary>
internal sealed class PushReport(PushMetrics metrics, PushAlarms alarms)
{
    public void Attempted(PushPlatform platform, PushOutcome outcome, TimeSpan latency)
    {
        if (outcome.Verdict == PushVerdict.Sent) metrics.Sent(platform, latency);
        else metrics.Refused(platform, outcome.Code);
        alarms.Note(platform, outcome);
    }

    public void NotConfigured(PushPlatform platform) => metrics.Refused(platform, "not-configured");

    public void Retried(PushPlatform platform) => metrics.Retried(platform);

    public void Expired(PushPlatform platform) => metrics.Expired(platform);
}
