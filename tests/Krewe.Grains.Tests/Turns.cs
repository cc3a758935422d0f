namespace Krewe.Grains.Tests;

/// <summary>Runs code as a grain does: one turn at a time, turns interleaved at every await.</summary>
internal static class Turns
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static Task RunAsync(Func<Task> test) =>
        Task.Factory.StartNew(test, CancellationToken.None, TaskCreationOptions.None, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler)
            .Unwrap().WaitAsync(Patience);

    /// <summary>Waits for something that must happen, and says what if it does not.</summary>
    public static async Task<T> InTimeAsync<T>(this Task<T> task, string what)
    {
        await ((Task)task).InTimeAsync(what);
        return await task;
    }

    public static async Task InTimeAsync(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(Patience);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            Assert.Fail($"Did not happen: {what}");
        }
    }

    /// <summary>Lets everything run that can run without something from outside.</summary>
    public static async Task SettleAsync()
    {
        for (var i = 0; i < 50; i++) await Task.Yield();
    }
}
