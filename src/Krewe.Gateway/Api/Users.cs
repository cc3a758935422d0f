using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Core.Users;
using Microsoft.Extensions.Logging;

namespace Krewe.Gateway.Api;

/// <summary>The way to the users' grains. Calls that fail because a part of the cluster is away are repeated, then become <see cref="FaultCode.Unavailable"/>.</summary>
internal sealed partial class Users(UserGrains grains, TimeProvider time, ApiMetrics metrics, ILogger<Users> log)
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(250)];

    // A call that took so long has waited for somebody who is gone; who asked should not wait as long again.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>One user's grain, by its contracts.</summary>
    public readonly struct User(UserGrains grains, Jid address)
    {
        public IAccountGrain Account => grains.Get<IAccountGrain>(address);
        public IMailboxGrain Mailbox => grains.Get<IMailboxGrain>(address);
        public IRosterGrain Roster => grains.Get<IRosterGrain>(address);
        public ISessionGrain Sessions => grains.Get<ISessionGrain>(address);
        public IDeviceGrain Devices => grains.Get<IDeviceGrain>(address);
    }

    public User this[Jid address] => new(grains, address);

    /// <summary>Calls a user's grain.</summary>
    /// <param name="idempotent">Only then is a call repeated whose first attempt may have had its effect.</param>
    public async ValueTask<Outcome<T>> CallAsync<T>(
        Jid address, Func<User, ValueTask<Outcome<T>>> call, CancellationToken cancellationToken, bool idempotent = true)
    {
        var begun = time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await call(this[address]);
            }
            catch (Exception error) when (IsPassing(error))
            {
                if (!idempotent || attempt == Pauses.Length || time.GetElapsedTime(begun) > Patience)
                {
                    LogUnavailable(error, address, attempt + 1);
                    return Fault.Unavailable("A part of the server does not answer now; try again.", TimeSpan.FromSeconds(1));
                }
                metrics.Repeated();
                LogRepeated(error, address);
            }
            await Task.Delay(Pauses[attempt], time, cancellationToken);
        }
    }

    /// <inheritdoc cref="CallAsync{T}(Jid,Func{User,ValueTask{Outcome{T}}},CancellationToken,bool)"/>
    public ValueTask<Outcome<T>> ReadAsync<T>(Jid address, Func<User, ValueTask<T>> call, CancellationToken cancellationToken) =>
        CallAsync(address, async user => new Outcome<T>(await call(user)), cancellationToken);

    /// <summary>Does the failure say that a part of the cluster is away, rather than that something is wrong?</summary>
    internal static bool IsPassing(Exception error) =>
        error is TimeoutException or OrleansException or StoreUnavailableException or MailboxFencedException;

    [LoggerMessage(LogLevel.Debug, "A call to {Address} failed and is repeated.")]
    private partial void LogRepeated(Exception error, Jid address);

    [LoggerMessage(LogLevel.Warning, "{Address} could not be reached in {Attempts} attempts.")]
    private partial void LogUnavailable(Exception error, Jid address, int attempts);
}
