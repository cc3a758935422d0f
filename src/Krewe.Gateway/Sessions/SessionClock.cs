using Krewe.Core.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Krewe.Gateway.Sessions;

/// <summary>The gateway's one timer: heartbeats, tokens that expire, clients that vanished, registrations to make sure of.</summary>
internal sealed partial class SessionClock(
    SessionRegistry registry, SessionRegistrar registrar, TimeProvider time, ILogger<SessionClock> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // Grains that move tell their gateways; this is for the word that got lost with a whole silo.
    private static readonly TimeSpan Renewal = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false)) Tick();
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    internal void Tick()
    {
        var now = time.GetUtcNow();
        var timestamp = time.GetTimestamp();
        foreach (var session in registry.Sessions())
        {
            try
            {
                if (session.Token.ExpiresAt <= now) _ = session.CloseAsync(CloseReason.TokenExpired);
                else session.Tick(timestamp);
                if (time.GetElapsedTime(session.RenewedAt, timestamp) < Renewal || session.RenewedAt == 0) continue;
                session.RenewedAt = timestamp;
                registrar.Renew(session, again: false);
            }
            catch (Exception error)
            {
                LogFailed(error, session.Id);
                _ = session.CloseAsync(CloseReason.Internal);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Session {Session} failed in its turn of the clock.")]
    private partial void LogFailed(Exception error, string session);
}
