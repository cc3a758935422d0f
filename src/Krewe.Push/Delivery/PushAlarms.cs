using Krewe.Core.Devices;
using Krewe.Core.Push;
using Microsoft.Extensions.Logging;

namespace Krewe.Push.Delivery;

/// <summary>Tells the operator, once, that a push service refuses too much or needs mending, and once that it is well again.</summary>
internal sealed partial class PushAlarms(TimeProvider time, ILogger<PushAlarms> log)
{
    /// <summary>The share of refusals that raises the alarm.</summary>
    public const double Share = 0.05;

    // One dead token among the first few attempts of a day is no alarm.
    private const int LeastAttempts = 40;

    private readonly Lock _lock = new();
    private readonly Dictionary<PushPlatform, Watch> _watches = [];

    public void Note(PushPlatform platform, PushOutcome outcome)
    {
        lock (_lock)
        {
            var watch = Of(platform);
            watch.Window.Add(outcome.Verdict != PushVerdict.Sent);
            var (attempts, refused) = watch.Window.Sum();
            if (!watch.Refuses && attempts >= LeastAttempts && refused > attempts * Share)
            {
                watch.Refuses = true;
                Refuses(platform, refused, attempts, RefusalWindow.Length, outcome.Code);
            }
            if (outcome.Verdict == PushVerdict.LaneBroken)
            {
                if (watch.Broken is null) LaneBroken(platform, outcome.Code);
                watch.Broken = outcome.Code;
            }
            else if (watch.Broken is not null && outcome.Verdict is not (PushVerdict.LanePaused or PushVerdict.Retry))
            {
                // The service let this server in, whatever it thinks of the device.
                watch.Broken = null;
                LaneMended(platform);
            }
        }
    }

    /// <summary>What is wrong now.</summary>
    public IReadOnlyList<PushAlarm> Raised()
    {
        lock (_lock)
        {
            var raised = new List<PushAlarm>();
            foreach (var (platform, watch) in _watches)
            {
                if (watch.Broken is { } code) raised.Add(new(platform, PushAlarmKind.Broken, $"it refuses this server: {code}"));
                var (attempts, refused) = watch.Window.Sum();
                if (watch.Refuses && refused <= attempts * Share)
                {
                    watch.Refuses = false;
                    RefusesNoMore(platform);
                }
                if (watch.Refuses) raised.Add(new(platform, PushAlarmKind.Refusals, $"{refused} of {attempts} attempts failed within {RefusalWindow.Length.TotalMinutes:0} minutes"));
            }
            return raised;
        }
    }

    /// <summary>Attempts within the window, and how many of them failed.</summary>
    public (int Attempts, int Refused) Recent(PushPlatform platform)
    {
        lock (_lock) return Of(platform).Window.Sum();
    }

    private Watch Of(PushPlatform platform) => _watches.TryGetValue(platform, out var watch) ? watch : _watches[platform] = new Watch(new RefusalWindow(time));

    private sealed class Watch(RefusalWindow window)
    {
        public RefusalWindow Window => window;

        public bool Refuses { get; set; }

        public string? Broken { get; set; }
    }

    [LoggerMessage(LogLevel.Error, "{Platform} refused {Refused} of {Attempts} pushes within {Window} (last: {Code}). See krewe.push.refused by reason, and docs/push.md.")]
    private partial void Refuses(PushPlatform platform, int refused, int attempts, TimeSpan window, string code);

    [LoggerMessage(LogLevel.Information, "{Platform} takes pushes as usual again.")]
    private partial void RefusesNoMore(PushPlatform platform);

    [LoggerMessage(LogLevel.Error, "{Platform} refuses this server ({Code}): mend the credentials or the project. No token was deleted; pushes wait.")]
    private partial void LaneBroken(PushPlatform platform, string code);

    [LoggerMessage(LogLevel.Information, "{Platform} lets this server in again; what waited is sent.")]
    private partial void LaneMended(PushPlatform platform);
}

/// <summary>Something about a push service that an operator must look at.</summary>
public sealed record PushAlarm(PushPlatform Platform, PushAlarmKind Kind, string Detail);

public enum PushAlarmKind
{
    /// <summary>The service refuses this server.</summary>
    Broken = 1,
    /// <summary>More than one in twenty attempts fails.</summary>
    Refusals,
}
