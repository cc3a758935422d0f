using System.Diagnostics;

namespace Krewe.Server.Clustering;

/// <summary>Ends the process when its silo cannot go on: above all when it was frozen or cut off, comes back and finds that the others have declared it dead.</summary>
/// <remarks>Its users are elsewhere by then, and the store's fences refuse what it still writes. In place of Orleans' own, which waits for two seconds and then
/// leaves by a crash, as a rule with a memory dump.</remarks>
internal sealed class SiloEnd : IFatalErrorHandler
{
    /// <summary>EX_TEMPFAIL of sysexits.h: start it again.</summary>
    public const int ExitCode = 75;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private int _ending;

    public bool IsUnexpected(Exception exception) => true;

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        // Several parts may find out; the first one ends it for all, and none of them goes on.
        if (Interlocked.Exchange(ref _ending, 1) == 0)
        {
            Console.Error.WriteLine($"Krewe ends at once and has to be started again: {context ?? sender?.ToString()} {exception}".TrimEnd());
            // Should anything hold up the exit.
            var last = new Thread(static () =>
            {
                Thread.Sleep(Patience);
                Process.GetCurrentProcess().Kill();
            });
            last.IsBackground = true;
            last.Start();
            Environment.Exit(ExitCode);
        }
        Thread.Sleep(Timeout.Infinite);
    }
}
