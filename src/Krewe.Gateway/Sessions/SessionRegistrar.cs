using Krewe.Core.Connections;
using Krewe.Core.Errors;
using Krewe.Core.Users;
using Krewe.Gateway.Api;
using Microsoft.Extensions.Logging;

namespace Krewe.Gateway.Sessions;

/// <summary>Tells users' grains which sessions they have here, again whenever they may have forgotten.</summary>
internal sealed partial class SessionRegistrar(Users users, LocalGateway gateway, TimeProvider time, ILogger<SessionRegistrar> log) : IDisposable
{
    // A dead silo's users come back together: this many at once keep a silo busy and not buried.
    private const int CallsAtOnce = 64;

    private const int CloseAttempts = 5;

    private readonly SemaphoreSlim _slots = new(CallsAtOnce);

    public async ValueTask<Outcome<SessionOpened>> OpenAsync(Session session, CancellationToken cancellationToken)
    {
        var info = Describe(session, again: false);
        var outcome = await users.CallAsync(session.Owner, user => user.Sessions.OpenSessionAsync(info), cancellationToken).ConfigureAwait(false);
        if (outcome.TryGet(out var opened, out _)) Note(session, opened);
        return outcome;
    }

    /// <summary>Registers a session again and has it read what it may have missed. Goes on until it succeeds or the session ends.</summary>
    /// <param name="again">The grain, or what it said, may be gone.</param>
    public void Renew(Session session, bool again = true)
    {
        if (!session.IsClosed && session.BeginRenewal()) _ = RenewAsync(session, again);
    }

    /// <summary>Takes a session's registration back, in the background.</summary>
    public void Close(Session session) => _ = CloseAsync(session);

    public void Dispose() => _slots.Dispose();

    private async Task RenewAsync(Session session, bool again)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        for (var attempt = 0; !session.IsClosed;)
        {
            var outcome = await TryOpenAsync(session, again).ConfigureAwait(false);
            if (outcome.TryGet(out var opened, out var fault))
            {
                Note(session, opened);
                session.Expect(opened.Last);
                // Closed meanwhile: the grain may have heard of the end before it heard of the renewal.
                if (session.IsClosed) Close(session);
                if (session.EndRenewal()) return;
                (attempt, again) = (0, true);
                continue;
            }
            if (ReasonOf(fault) is { } reason)
            {
                _ = session.CloseAsync(reason);
                return;
            }
            await Task.Delay(Backoff.Delay(attempt++), time).ConfigureAwait(false);
        }
    }

    private async Task<Outcome<SessionOpened>> TryOpenAsync(Session session, bool again)
    {
        await _slots.WaitAsync().ConfigureAwait(false);
        try
        {
            return await users[session.Owner].Sessions.OpenSessionAsync(Describe(session, again)).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            LogRetried(error, session.Id);
            return Fault.Unavailable(error.Message, TimeSpan.Zero);
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task CloseAsync(Session session)
    {
        for (var attempt = 0; attempt < CloseAttempts; attempt++)
        {
            await _slots.WaitAsync().ConfigureAwait(false);
            try
            {
                await users[session.Owner].Sessions.CloseSessionAsync(session.Id).ConfigureAwait(false);
                return;
            }
            catch (Exception error)
            {
                // A grain that cannot be reached forgets its sessions anyway, or learns of the end when this gateway's silo ends.
                LogRetried(error, session.Id);
            }
            finally
            {
                _slots.Release();
            }
            await Task.Delay(Backoff.Delay(attempt), time).ConfigureAwait(false);
        }
    }

    private SessionInfo Describe(Session session, bool again) => new()
    {
        SessionId = session.Id,
        Device = session.Device,
        Gateway = gateway.Address,
        Wants = session.Wants,
        TokenId = session.Token.TokenId,
        AutoAvailable = session.AutoAvailable,
        Exclusive = session.IsExclusive,
        Cursor = session.Cursor,
        Again = again,
    };

    private void Note(Session session, SessionOpened opened)
    {
        session.Core = opened.Core;
        session.RenewedAt = time.GetTimestamp();
    }

    /// <summary>Null: try again.</summary>
    private static CloseReason? ReasonOf(Fault fault) => fault.Code switch
    {
        FaultCode.Unauthorized => CloseReason.SignedOut,
        FaultCode.NotFound => CloseReason.AccountDeleted,
        FaultCode.Unavailable or FaultCode.RateLimited => null,
        _ => CloseReason.Internal,
    };

    [LoggerMessage(LogLevel.Debug, "The grain of session {Session} could not be reached; it is tried again.")]
    private partial void LogRetried(Exception error, string session);
}
