namespace Krewe.Client;

/// <summary>One run of attempts: knows how many failed in a row.</summary>
internal sealed class Backoff(BackoffOptions options, TimeProvider time)
{
    private int _failures;

    public void Reset() => _failures = 0;

    /// <summary>Waits before the next attempt, at least as long as the server asked for.</summary>
    public Task WaitAsync(TimeSpan? retryAfter, CancellationToken cancellationToken)
    {
        var bound = Math.Min(options.Max.TotalMilliseconds, options.First.TotalMilliseconds * Math.Pow(2, Math.Min(_failures++, 30)));
        var wait = TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * bound) + (retryAfter ?? TimeSpan.Zero);
        return Task.Delay(wait, time, cancellationToken);
    }
}
