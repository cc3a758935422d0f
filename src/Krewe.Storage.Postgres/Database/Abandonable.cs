namespace Krewe.Storage.Postgres.Database;

/// <summary>Calls of the driver that nobody waits for longer than a bound.</summary>
internal static class Abandonable
{
    /// <summary>Waits until the work is done, or the bound or the caller's patience is over; then the work is called off and ends on its own.</summary>
    /// <remarks>
    /// Npgsql calls a statement off by a second connection, which it makes on the thread that cancels, and which a frozen server does not answer:
    /// a thread of its own, or the pool's few threads would all wait there. What was abandoned may still happen.
    /// </remarks>
    /// <exception cref="TimeoutException">The bound is over.</exception>
    /// <exception cref="OperationCanceledException">The caller's patience is over.</exception>
    public static async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> run, TimeSpan bound, CancellationToken cancellationToken)
    {
        var calledOff = new CancellationTokenSource();
        var work = run(calledOff.Token);
        if (!work.IsCompleted)
        {
            try
            {
                return await work.WaitAsync(bound, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException && !work.IsCompleted)
            {
                CallOff(calledOff, work);
                throw;
            }
        }
        calledOff.Dispose();
        return await work.ConfigureAwait(false);
    }

    private static void CallOff<T>(CancellationTokenSource calledOff, Task<T> work)
    {
        _ = Task.Factory.StartNew(calledOff.Cancel, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        // Whatever it ends with, the caller has been told; only to have looked at it.
        _ = work.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
