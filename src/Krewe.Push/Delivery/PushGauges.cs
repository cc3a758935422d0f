using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Krewe.Core.Devices;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;

namespace Krewe.Push.Delivery;

/// <summary>What is measured of mobile push when somebody looks, meter <c>Krewe.Push</c>.</summary>
internal sealed class PushGauges : IDisposable
{
    private readonly Meter _meter;
    private readonly IPushOutbox _outbox;
    private readonly Lanes _lanes;
    private readonly PushAlarms _alarms;
    private readonly TimeProvider _time;
    private ImmutableArray<PushBacklog> _backlog = [];

    public PushGauges(IMeterFactory meters, IPushOutbox outbox, Lanes lanes, PushAlarms alarms, TimeProvider time)
    {
        (_meter, _outbox, _lanes, _alarms, _time) = (meters.Create(PushMetrics.MeterName), outbox, lanes, alarms, time);
    }

    /// <summary>From now on there is something to see.</summary>
    public void Begin()
    {
        _meter.CreateObservableGauge("krewe.push.waiting", () => Each(part => part.Waiting), "{push}", "Devices that are to be pushed.");
        _meter.CreateObservableGauge("krewe.push.oldest", () => Each(part => part.Oldest is { } since ? Math.Max(0, (_time.GetUtcNow() - since).TotalSeconds) : 0), "s",
            "How long the longest waiting push has waited.");
        _meter.CreateObservableGauge("krewe.push.set_aside", () => Each(part => part.SetAside), "{push}", "Pushes that were given up and that the operator has to look at.");
        _meter.CreateObservableGauge("krewe.push.lane.state", States, null, "0 open, 1 resting, 2 probing, 3 broken.");
        _meter.CreateObservableGauge("krewe.push.alarm", Alarms, null, "1 while the alarm is raised: broken, refusals.");
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<T>> Each<T>(Func<PushBacklog, T> value)
        where T : struct
    {
        var backlog = Look();
        // A service that is configured shows its zeros.
        var platforms = _lanes.All.Select(lane => lane.Platform).Union(backlog.Select(part => part.Platform));
        return platforms.Select(platform => new Measurement<T>(
            value(backlog.FirstOrDefault(part => part.Platform == platform) ?? new PushBacklog(platform, 0, null, 0)), Tag(platform)));
    }

    private ImmutableArray<PushBacklog> Look()
    {
        try
        {
            // A store that answers later is seen at the next look: a gauge cannot wait.
            var looking = _outbox.BacklogAsync().AsTask();
            if (looking.IsCompleted) return _backlog = looking.GetAwaiter().GetResult();
            _ = looking.ContinueWith(done => _backlog = done.Result, CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        }
        catch (StoreUnavailableException)
        {
            // What was known is still the best guess.
        }
        return _backlog;
    }

    private IEnumerable<Measurement<int>> States() => _lanes.All.Select(lane => new Measurement<int>((int)lane.Lane.Condition.State, Tag(lane.Platform)));

    private IEnumerable<Measurement<int>> Alarms()
    {
        var raised = _alarms.Raised();
        foreach (var (platform, _) in _lanes.All)
        {
            foreach (var kind in Enum.GetValues<PushAlarmKind>())
            {
                var value = raised.Any(alarm => alarm.Platform == platform && alarm.Kind == kind) ? 1 : 0;
                yield return new Measurement<int>(value, Tag(platform), new("alarm", kind == PushAlarmKind.Broken ? "broken" : "refusals"));
            }
        }
    }

    private static KeyValuePair<string, object?> Tag(PushPlatform platform) => new("platform", PushMetrics.Word(platform));
}
