namespace Krewe.Checker.Verification;

/// <summary>A number that grows, by time: what was the highest before a moment?</summary>
internal sealed class Growth
{
    private readonly List<(TimeSpan At, long Seq)> _steps = [];

    /// <summary>Takes notes in the order of time.</summary>
    public void Note(TimeSpan at, long seq)
    {
        if (_steps.Count == 0 || seq > _steps[^1].Seq) _steps.Add((at, seq));
    }

    public (long Seq, TimeSpan At)? Before(TimeSpan at)
    {
        var (low, high) = (0, _steps.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_steps[middle].At < at) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? null : (_steps[low - 1].Seq, _steps[low - 1].At);
    }
}
