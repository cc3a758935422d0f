using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Krewe.Server.Lifetime;

/// <summary>SIGTERM and Ctrl-C, from the first moment to the last. .NET's own way begins to listen in the middle of the start, which it then breaks off wherever
/// it is, and ends before the process does.</summary>
internal sealed class StopSignals : IDisposable
{
    /// <summary>How long a start that is under way may take to its end, from where it stops in order; then it is broken off. A start takes two seconds as a rule.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly CancellationTokenSource _requested = new(), _over;
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _interrupts;

    public StopSignals(TimeProvider time)
    {
        _over = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _requested.Token.Register(() => _over.CancelAfter(Patience));
    }

    /// <summary>The process was told to stop.</summary>
    public CancellationToken Requested => _requested.Token;

    /// <summary>And the start has had the time to get through.</summary>
    public CancellationToken StartIsOver => _over.Token;

    public static StopSignals Listen()
    {
        var signals = new StopSignals(TimeProvider.System);
        signals._registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, signals.Take));
        signals._registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, signals.Take));
        signals._registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, signals.Take));
        return signals;
    }

    public void Request() => _requested.Cancel();

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _requested.Dispose();
        _over.Dispose();
    }

    private void Take(PosixSignalContext context)
    {
        // Otherwise the process ends as soon as this returns.
        context.Cancel = true;
        if (context.Signal == PosixSignal.SIGINT && Interlocked.Increment(ref _interrupts) == 2)
        {
            Console.Error.WriteLine("Krewe stops at once.");
            // Acknowledged messages are on disk: nothing is lost by leaving now.
            Process.GetCurrentProcess().Kill();
        }
        Request();
    }
}

/// <summary>In place of the console's lifetime, which would take the signals as well.</summary>
internal sealed class SignalledLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
