namespace Krewe.Client;

/// <summary>Tries an idempotent act until it succeeds, is refused for good, or time is up.</summary>
internal static class SendLoop
{
    public static async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> attempt, KreweClientOptions options, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(options.Backoff, options.TimeProvider);
        var deadline = options.TimeProvider.GetUtcNow() + options.SendTimeout;
        while (true)
        {
            TimeSpan? retryAfter;
            try
            {
                return await attempt(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (IsTransient(error, cancellationToken) && options.TimeProvider.GetUtcNow() < deadline)
            {
                retryAfter = (error as KreweException)?.RetryAfter;
            }
            await backoff.WaitAsync(retryAfter, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsTransient(Exception error, CancellationToken cancellationToken) => error switch
    {
        KreweException refused => refused.IsTransient,
        HttpRequestException or IOException => true,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => false,
    };
}
