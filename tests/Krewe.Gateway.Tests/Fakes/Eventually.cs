namespace Krewe.Gateway.Tests.Fakes;

/// <summary>Waits for what nothing tells of: the state inside of a running gateway.</summary>
internal static class Eventually
{
    public static async Task HoldsAsync(Func<bool> holds, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var began = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(20)) throw new TimeoutException($"In 20 s this did not happen: {what}.");
            await timer.WaitForNextTickAsync();
        }
    }
}
