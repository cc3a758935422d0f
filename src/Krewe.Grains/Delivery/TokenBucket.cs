namespace Krewe.Grains.Delivery;

/// <summary>So many at once, so many a second for ever. Full at first.</summary>
internal sealed class TokenBucket(double perSecond, int burst, TimeProvider time)
{
    private double _tokens = burst;
    private long _countedAt = time.GetTimestamp();

    /// <summary>Takes one; if there is none, says when there will be.</summary>
    public bool TryTake(out TimeSpan retryAfter)
    {
        // The monotonic clock: a step of the wall clock gives nobody anything.
        var now = time.GetTimestamp();
        _tokens = Math.Min(burst, _tokens + time.GetElapsedTime(_countedAt, now).TotalSeconds * perSecond);
        _countedAt = now;
        if (_tokens >= 1)
        {
            _tokens--;
            retryAfter = default;
            return true;
        }
        retryAfter = TimeSpan.FromSeconds((1 - _tokens) / perSecond);
        return false;
    }
}
