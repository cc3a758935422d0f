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

    /// <summary>The operator must mend something.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Null: it takes pushes now.</summary>
    public DateTimeOffset? OpensAt()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (now < _closedUntil) return _closedUntil;
            return _probing && _probeUnderWay ? now + ProbePatience : null;
        }
    }

    /// <summary>True: send now. False: <paramref name="retryAt"/> says when to ask again.</summary>
    public bool TryEnter(out DateTimeOffset retryAt)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            retryAt = _closedUntil;
            if (now < _closedUntil) return false;
            if (_probing && _probeUnderWay)
            {
                retryAt = now + ProbePatience;
                return false;
            }
            Fill(now);
            if (_tokens < 1)
            {
                retryAt = now + TimeSpan.FromSeconds((1 - _tokens) / options.Rate);
                return false;
            }
            _tokens--;
            _probeUnderWay = _probing;
            return true;
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
                    IsBroken = true;
                    Close(options.BrokenLaneRest);
                    break;
                case PushVerdict.LanePaused:
                    Close(outcome.RetryAfter ?? Backoff.After(_failuresInARow++, options.MaxBackoff));
                    break;
                case PushVerdict.Retry when ++_failuresInARow >= FailuresThatClose:
                    // The service is away: resting costs less than asking for every device.
                    Close(outcome.RetryAfter ?? Backoff.After(Math.Min(_failuresInARow - FailuresThatClose, 4), TimeSpan.FromSeconds(15)));
                    break;
                case PushVerdict.Retry:
                    break;
                default:
                    _failuresInARow = 0;
                    _probing = IsBroken = false;
                    break;
            }
        }
    }

    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(1);

    // Enough in a row that it is not one device's bad luck.
    private const int FailuresThatClose = 8;

    private void Close(TimeSpan rest)
    {
        _probing = true;
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
