using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Devices;
using Krewe.Core.Push;
using Krewe.Core.Users;
using Krewe.Push.Delivery;

namespace Krewe.Push;

/// <summary>What an operator sees and does.</summary>
public sealed class PushConsole
{
    private readonly IPushOutbox _outbox;
    private readonly IGrainFactory _grains;
    private readonly Lanes _lanes;
    private readonly PushAlarms _alarms;
    private readonly TimeProvider _time;

    internal PushConsole(IPushOutbox outbox, IGrainFactory grains, Lanes lanes, PushAlarms alarms, TimeProvider time) =>
        (_outbox, _grains, _lanes, _alarms, _time) = (outbox, grains, lanes, alarms, time);

    /// <summary>What is wrong now.</summary>
    public IReadOnlyList<PushAlarm> Alarms => _alarms.Raised();

    /// <summary>Every push service that is configured or for which something waits.</summary>
    public async Task<ImmutableArray<LaneReport>> LanesAsync(CancellationToken cancellationToken)
    {
        var backlog = await _outbox.BacklogAsync(cancellationToken).ConfigureAwait(false);
        var conditions = _lanes.All.ToDictionary(lane => lane.Platform, lane => lane.Lane.Condition);
        var alarms = Alarms;
        return
        [
            .. conditions.Keys.Union(backlog.Select(part => part.Platform)).Order().Select(platform =>
            {
                var (attempts, refused) = _alarms.Recent(platform);
                return new LaneReport(platform, conditions.TryGetValue(platform, out var condition) ? condition : null, attempts, refused,
                    backlog.FirstOrDefault(part => part.Platform == platform) ?? new PushBacklog(platform, 0, null, 0),
                    [.. alarms.Where(alarm => alarm.Platform == platform)]);
            }),
        ];
    }

    /// <summary>Sends a test push to a device now, past the outbox, and tells what the push service answered. Nothing is deleted, whatever it was.</summary>
    /// <param name="validateOnly">FCM only looks at the message, and the device gets nothing.</param>
    /// <returns>Null: the device has no registration.</returns>
    public async Task<PushTest?> TestAsync(Jid user, string device, bool validateOnly, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var row = new PendingPush { Owner = user, Device = device, Kind = PushKind.Test, Seq = 0, Due = now, Since = now, Platform = default };
        var plan = await _grains.GetGrain<IPushGrain>(user.Text).PreparePushAsync(row).ConfigureAwait(false);
        if (plan.Notice is not { } notice) return null;
        var platform = notice.Registration.Platform;
        if (!_lanes.TryGet(platform, out var sender, out _) || !sender.Serves(notice.Registration.App))
            return new PushTest(platform, new PushOutcome(PushVerdict.DeadLetter, "not-configured"));
        if (validateOnly && platform != PushPlatform.Fcm) return new PushTest(platform, new PushOutcome(PushVerdict.DeadLetter, "validate-only-is-fcm"));
        var outcome = await sender.SendAsync(notice with { ValidateOnly = validateOnly }, cancellationToken).ConfigureAwait(false);
        return new PushTest(platform, outcome with { Code = PushCode.Clean(outcome.Code) });
    }
}

/// <summary>How the way to one push service fares.</summary>
/// <param name="Condition">Null: it is not configured.</param>
/// <param name="Attempts">Within the last five minutes.</param>
/// <param name="Refused">How many of them failed.</param>
public sealed record LaneReport(
    PushPlatform Platform, LaneCondition? Condition, int Attempts, int Refused, PushBacklog Backlog, ImmutableArray<PushAlarm> Alarms);

/// <summary>How a test push went.</summary>
public sealed record PushTest(PushPlatform Platform, PushOutcome Outcome);
