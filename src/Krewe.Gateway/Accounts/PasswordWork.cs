using Krewe.Core.Accounts;
using Krewe.Core.Errors;
using Krewe.Core.Limits;
using Krewe.Gateway.Api;
using Krewe.Gateway.Connections;
using Microsoft.Extensions.Options;

namespace Krewe.Gateway.Accounts;

/// <summary>Deriving keys from passwords, which is dear by intention: so few at once that messages keep half of the processors,
/// and so few waiting that nobody waits in vain.</summary>
internal sealed class PasswordWork(IOptions<ScramOptions> scram, IOptions<LimitOptions> limits, ApiMetrics metrics, TimeProvider time) : IDisposable
{
    private static readonly int AtOnce = Math.Max(1, Environment.ProcessorCount / 2);

    private readonly SemaphoreSlim _places = new(AtOnce);
    private readonly WorkTime _each = new();
    private int _waiting;

    /// <summary>Verifiers for a new password.</summary>
    public ValueTask<Outcome<Credentials>> DeriveAsync(string password, CancellationToken cancellationToken) =>
        RunAsync(() => Scram.Derive(password, scram.Value.Iterations), cancellationToken);

    /// <summary>Does the password fit? Takes the same time for every user, also for one whose verifiers were made with fewer iterations.</summary>
    public ValueTask<Outcome<bool>> VerifyAsync(string password, ScramVerifier verifier, CancellationToken cancellationToken) => RunAsync(
        () =>
        {
            var fits = Scram.Verify(password, verifier);
            if (scram.Value.Iterations - verifier.Iterations is > 0 and var missing) Scram.Verify(password, verifier with { Iterations = missing });
            return fits;
        },
        cancellationToken);

    private async ValueTask<Outcome<T>> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > limits.Value.PasswordsWaiting)
        {
            // Those whose place that is, without this one.
            var waiting = Interlocked.Decrement(ref _waiting);
            return Fault.Unavailable("Too many logins at once; try again.", _each.ComeBack(waiting, AtOnce));
        }
        var begun = time.GetTimestamp();
        metrics.PasswordWaits();
        try
        {
            await _places.WaitAsync(cancellationToken);
            var working = time.GetTimestamp();
            try
            {
                return await Task.Run(work, CancellationToken.None);
            }
            finally
            {
                _each.Note(time.GetElapsedTime(working));
                _places.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
            metrics.PasswordDone(time.GetElapsedTime(begun));
        }
    }

    public void Dispose() => _places.Dispose();
}
