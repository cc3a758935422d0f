namespace Krewe.Gateway.Sessions;

/// <summary>How long to wait before trying again: twice as long each time up to a bound, spread at random so that not all come at once.</summary>
internal static class Backoff
{
    private const double FirstMilliseconds = 40;

    // A killed silo's users flow again within 5 s: nobody sleeps past a part of that.
    private const double MostMilliseconds = 1_000;

    public static TimeSpan Delay(int attempt) =>
        TimeSpan.FromMilliseconds(Math.Min(MostMilliseconds, FirstMilliseconds * Math.Pow(2, Math.Min(attempt, 10))) * (0.5 + Random.Shared.NextDouble()));
}
