using Krewe.Core.Limits;

namespace Krewe.Grains.Users;

/// <summary>Failed logins of one account: each is forgiven after a while, and too many close the door until then.</summary>
internal sealed class LoginThrottle(LimitOptions limits, TimeProvider time)
{
    // Logins begin before they fail: without a bound on those under way, many at once would be as many free guesses.
    private const int UnderWayPerFailure = 10;

    private double _failures;
    private double _underWay;
    private long _countedAt = time.GetTimestamp();

    /// <summary>Nothing is held against the account.</summary>
    public bool IsClear
    {
        get
        {
            Forgive();
            return _failures == 0 && _underWay == 0;
        }
    }

    /// <summary>Begins a login; false if it has to wait.</summary>
    public bool TryBegin(out TimeSpan retryAfter)
    {
        Forgive();
        var excess = Math.Max(_failures - limits.LoginFailuresPerAccount, _underWay - limits.LoginFailuresPerAccount * UnderWayPerFailure) + 1;
        if (excess > 0)
        {
            retryAfter = limits.LoginFailureForgiveness * Math.Min(excess, 1);
            return false;
        }
        _underWay++;
        retryAfter = default;
        return true;
    }

    public void End(bool succeeded)
    {
        Forgive();
        _underWay = Math.Max(0, _underWay - 1);
        _failures = succeeded ? 0 : _failures + 1;
    }

    private void Forgive()
    {
        var now = time.GetTimestamp();
        var forgiven = time.GetElapsedTime(_countedAt, now) / limits.LoginFailureForgiveness;
        _failures = Math.Max(0, _failures - forgiven);
        // A login that is begun and never ended is forgotten like a failed one.
        _underWay = Math.Max(0, _underWay - forgiven);
        _countedAt = now;
    }
}
