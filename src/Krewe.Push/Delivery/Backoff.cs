namespace Krewe.Push.Delivery;

/// <summary>Exponential waits from one second with jitter between half and whole.</summary>
internal static class Backoff
{
    public static TimeSpan After(int failures, TimeSpan max)
    {
        var bound = Math.Min(max.TotalSeconds, Math.Pow(2, Math.Min(failures, 30)));
        return TimeSpan.FromSeconds(bound * (0.5 + (Random.Shared.NextDouble() / 2)));
    }
}
