using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Core.Users;
using Krewe.Gateway.Sessions;
using Microsoft.Extensions.Logging;

namespace Krewe.Gateway.Api;

/// <summary>The way to the users' grains. Calls that fail because a part of the cluster is away are repeated, then become <see cref="FaultCode.Unavailable"/>.</summary>
internal sealed partial class Users(UserGrains grains, TimeProvider time, ApiMetrics metrics, ILogger<Users> log)
{
    // A killed silo is declared dead within two seconds, and its users come up elsewhere. A request asks twice, whether the token holds and then
    // what it came for: together with a first attempt that ran into its time-out, both stay below 10 s.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4.5);

    private static readonly TimeSpan LastTry = TimeSpan.FromMilliseconds(250);

    /// <summary>One user's grain, by its contracts.</summary>
    public readonly struct User(UserGrains grains, Jid address)
    {
        public IAccountGrain Account => grains.Get<IAccountGrain>(address);
        public IMailboxGrain Mailbox => grains.Get<IMailboxGrain>(address);
        public IRosterGrain Roster => grains.Get<IRosterGrain>(address);
        public ISessionGrain Sessions => grains.Get<ISessionGrain>(address);
        public IDeviceGrain Devices => grains.Get<IDeviceGrain>(address);
    }

    /// <summary>A timestamp for <see cref="Since"/>.</summary>
    public long Now => time.GetTimestamp();

    public TimeSpan Since(long timestamp) => time.GetElapsedTime(timestamp);

    public User this[Jid address] => new(grains, address);

    /// <summary>Calls a user's grain.</summary>
    /// <param name="idempotent">Only then is a call repeated whose first attempt may have had its effect.</param>
    /// <param name="patience">How long to try; 4.5 s unless told. An attempt that is under way then is waited for no longer, but the first one has the time that all grain calls have.</param>
    public async ValueTask<Outcome<T>> CallAsync<T>(
        Jid address, Func<User, ValueTask<Outcome<T>>> call, CancellationToken cancellationToken, bool idempotent = true, TimeSpan? patience = null)
    {
        var begun = time.GetTimestamp();
        var all = patience ?? Patience;
        for (var attempt = 0; ; attempt++)
        {
            var pause = Backoff.Delay(attempt);
            try
            {
                // A timer for each call would be paid by all that go well.
                if (attempt == 0) return await call(this[address]);
                return await call(this[address]).AsTask().WaitAsync(Max(all - time.GetElapsedTime(begun), LastTry), time, cancellationToken);
            }
            // Orleans cancels a message that has waited too long for its grain to be placed.
            catch (Exception error) when (IsPassing(error) || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                if (!idempotent || time.GetElapsedTime(begun) + pause > all)
                {
                    LogUnavailable(error, address, attempt + 1);
                    return Fault.Unavailable("A part of the server does not answer now; try again.", TimeSpan.FromSeconds(1));
                }
                metrics.Repeated();
                LogRepeated(error, address);
            }
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <inheritdoc cref="CallAsync{T}(Jid,Func{User,ValueTask{Outcome{T}}},CancellationToken,bool,TimeSpan?)"/>
    public ValueTask<Outcome<T>> ReadAsync<T>(
        Jid address, Func<User, ValueTask<T>> call, CancellationToken cancellationToken, TimeSpan? patience = null) =>
        CallAsync(address, async user => new Outcome<T>(await call(user)), cancellationToken, patience: patience);

    /// <summary>Does the failure say that a part of the cluster is away, rather than that something is wrong?</summary>
    internal static bool IsPassing(Exception error) =>
        error is TimeoutException or OrleansException or StoreUnavailableException or MailboxFencedException;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    [LoggerMessage(LogLevel.Debug, "A call to {Address} failed and is repeated.")]
    private partial void LogRepeated(Exception error, Jid address);

    [LoggerMessage(LogLevel.Warning, "{Address} could not be reached in {Attempts} attempts.")]
    private partial void LogUnavailable(Exception error, Jid address, int attempts);
}
