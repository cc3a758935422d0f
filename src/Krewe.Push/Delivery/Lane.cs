using Krewe.Core.Push;

namespace Krewe.Push.Delivery;

/// <summary>The way to one push service: its rate, its pauses, its circuit.</summary>
/// <remarks>Plain and single-threaded by its lock. After a pause or a break one push is let through alone; the lane opens when the service takes it,
/// so that an outage's backlog does not fall on a service that is still down.</remarks>
internal sealed class Lane(PushOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private double _tokens = options.Rate;
    private DateTimeOffset _filledAt = time.GetUtcNow();
    private DateTimeOffset _closedUntil;
    private bool _probing;
    private bool _probeUnderWay;
    private int _failuresInARow;
    private bool _broken;
    private string? _why;

    public LaneCondition Condition
    {
        get
        {
            lock (_lock)
            {
                var rests = time.GetUtcNow() < _closedUntil;
                var state = _broken ? LaneState.Broken : rests ? LaneState.Resting : _probing ? LaneState.Probing : LaneState.Open;
                return new LaneCondition(state, rests ? _closedUntil : null, _why);
            }
        }
    }

    /// <summary>True: send now. False: <paramref name="retryAt"/> says when to ask again.</summary>
    public bool TryEnter(out DateTimeOffset retryAt) => Enter(1, out retryAt) == 1;

    /// <summary>How many of <paramref name="wanted"/> pushes may be sent now; if none, <paramref name="retryAt"/> says when to ask again.</summary>
    public int Enter(int wanted, out DateTimeOffset retryAt)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            retryAt = _closedUntil;
            if (now < _closedUntil) return 0;
            if (_probing && _probeUnderWay)
            {
                retryAt = now + ProbePatience;
                return 0;
            }
            Fill(now);
            if (_tokens < 1)
            {
                retryAt = now + TimeSpan.FromSeconds((1 - _tokens) / options.Rate);
                return 0;
            }
            var granted = _probing ? 1 : Math.Min(wanted, (int)_tokens);
            _tokens -= granted;
            _probeUnderWay = _probing;
            return granted;
        }
    }

    /// <summary>Gives back what was granted and not needed.</summary>
    public void Return(int granted)
    {
        if (granted == 0) return;
        lock (_lock)
        {
            _tokens = Math.Min(options.Rate, _tokens + granted);
            _probeUnderWay = false;
        }
    }

    /// <summary>Takes note of how an attempt ended.</summary>
    public void Leave(PushOutcome outcome)
    {
        lock (_lock)
        {
            _probeUnderWay = false;
            switch (outcome.Verdict)
            {
                case PushVerdict.LaneBroken:
                    _broken = true;
                    Close(options.BrokenLaneRest, outcome);
                    break;
                case PushVerdict.LanePaused:
                    Close(outcome.RetryAfter ?? Backoff.After(_failuresInARow++, options.MaxBackoff), outcome);
                    break;
                case PushVerdict.Retry when ++_failuresInARow >= FailuresThatClose:
                    // The service is away: resting costs less than asking for every device.
                    Close(outcome.RetryAfter ?? Backoff.After(Math.Min(_failuresInARow - FailuresThatClose, 4), TimeSpan.FromSeconds(15)), outcome);
                    break;
                case PushVerdict.Retry:
                    break;
                default:
                    _failuresInARow = 0;
                    _probing = _broken = false;
                    _why = null;
                    break;
            }
        }
    }

    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(1);

    // Enough in a row that it is not one device's bad luck.
    private const int FailuresThatClose = 8;

    private void Close(TimeSpan rest, PushOutcome outcome)
    {
        _probing = true;
        _why = outcome.Code;
        var until = time.GetUtcNow() + rest;
        if (until > _closedUntil) _closedUntil = until;
    }

    private void Fill(DateTimeOffset now)
    {
        var passed = (now - _filledAt).TotalSeconds;
        if (passed > 0) _tokens = Math.Min(options.Rate, _tokens + (passed * options.Rate));
        _filledAt = now;
    }
}
