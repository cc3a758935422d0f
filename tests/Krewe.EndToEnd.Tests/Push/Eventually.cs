namespace Krewe.EndToEnd.Tests.Push;

/// <summary>Asks a server of which nobody hears when it has changed.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60), Pause = TimeSpan.FromMilliseconds(25);

    public static async Task<T> ThatAsync<T>(string what, Func<Task<T>> ask, Func<T, bool> enough)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var pause = new PeriodicTimer(Pause);
        T answer;
        while (!enough(answer = await ask()))
        {
            try
            {
                await pause.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Not within {Patience}: {what}. The last answer was {answer}.");
            }
        }
        return answer;
    }

    public static Task ThatAsync(string what, Func<Task<bool>> ask) => ThatAsync(what, ask, static yes => yes);
}
