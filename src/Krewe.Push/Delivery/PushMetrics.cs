using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Krewe.Core.Devices;

namespace Krewe.Push.Delivery;

/// <summary>What is counted of mobile push, meter <c>Krewe.Push</c>.</summary>
internal sealed class PushMetrics : IDisposable
{
    public const string MeterName = "Krewe.Push";

    // The reasons come from the services; a confused one must not make a time series a push.
    private const int MaxReasons = 100;

    private readonly ConcurrentDictionary<string, bool> _reasons = new();
    private readonly Meter _meter;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _retried;
    private readonly Counter<long> _expired;
    private readonly Histogram<double> _latency;

    public PushMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _sent = _meter.CreateCounter<long>("krewe.push.sent", "{push}", "Pushes that a push service took.");
        _refused = _meter.CreateCounter<long>("krewe.push.refused", "{push}", "Attempts that a push service refused or that failed, by its reason.");
        _retried = _meter.CreateCounter<long>("krewe.push.retried", "{push}", "Attempts that will be made again.");
        _expired = _meter.CreateCounter<long>("krewe.push.expired", "{push}", "Pushes given up because of their age.");
        _latency = _meter.CreateHistogram("krewe.push.latency", "s", "From the due time until the push service took it.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300] });
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
        tags.Add("reason", Known(reason));
        _refused.Add(1, tags);
    }

    public void Retried(PushPlatform platform) => _retried.Add(1, Tags(platform));

    public void Expired(PushPlatform platform) => _expired.Add(1, Tags(platform));

    public void Dispose() => _meter.Dispose();

    internal static string Word(PushPlatform platform) => platform switch
    {
        PushPlatform.Fcm => "fcm",
        PushPlatform.Apns => "apns",
        PushPlatform.MiPush => "mipush",
        PushPlatform.Webhook => "webhook",
        _ => "unknown",
    };

    private string Known(string reason)
    {
        if (_reasons.ContainsKey(reason)) return reason;
        if (_reasons.Count >= MaxReasons) return "other";
        _reasons[reason] = true;
        return reason;
    }

    private static TagList Tags(PushPlatform platform) => new() { { "platform", Word(platform) } };
}
