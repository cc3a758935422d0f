using System.Diagnostics;
using System.Diagnostics.Metrics;
using Krewe.Core.Devices;

namespace Krewe.Push.Delivery;

/// <summary>What an operator sees of mobile push.</summary>
internal sealed class PushMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _retried;
    private readonly Counter<long> _expired;
    private readonly Histogram<double> _latency;

    public PushMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("Krewe.Push");
        _sent = _meter.CreateCounter<long>("krewe.push.sent", "{push}", "Pushes that a push service took.");
        _refused = _meter.CreateCounter<long>("krewe.push.refused", "{push}", "Attempts that a push service refused or that failed, by its reason.");
        _retried = _meter.CreateCounter<long>("krewe.push.retried", "{push}", "Attempts that will be made again.");
        _expired = _meter.CreateCounter<long>("krewe.push.expired", "{push}", "Pushes given up because of their age.");
        _latency = _meter.CreateHistogram<double>("krewe.push.latency", "s", "From the due time until the push service took it.");
    }

    public void Sent(PushPlatform platform, TimeSpan latency)
    {
        var tags = Tags(platform);
        _sent.Add(1, tags);
        _latency.Record(latency.TotalSeconds, tags);
    }

    public void Refused(PushPlatform platform, string reason)
    {
        var tags = Tags(platform);
        tags.Add("reason", reason);
        _refused.Add(1, tags);
    }

    public void Retried(PushPlatform platform) => _retried.Add(1, Tags(platform));

    public void Expired(PushPlatform platform) => _expired.Add(1, Tags(platform));

    public void Dispose() => _meter.Dispose();

    private static TagList Tags(PushPlatform platform) => new() { { "platform", platform.ToString().ToLowerInvariant() } };
}
