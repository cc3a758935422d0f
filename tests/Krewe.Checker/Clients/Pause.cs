namespace Krewe.Checker.Clients;

/// <summary>Waits of random length, which the end of the run ends.</summary>
internal static class Pause
{
    public static async Task ForAsync(TimeSpan time, CancellationToken stop) =>
        await Task.Delay(time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public static Task BetweenAsync(Random random, int least, int most, CancellationToken stop) => ForAsync(TimeSpan.FromMilliseconds(random.Next(least, most)), stop);
}
