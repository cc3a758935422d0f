using Microsoft.Extensions.Logging;

namespace Krewe.Streams.Outboxes;

internal sealed partial class Outbox
{
    [LoggerMessage(LogLevel.Warning, "A batch for gateway {Gateway} failed; it is sent again until the gateway has it or is declared dead.")]
    private partial void LogPushFailed(Exception exception, SiloAddress gateway);

    [LoggerMessage(LogLevel.Warning, "Gateway {Gateway} is full; its batch waits here.")]
    private partial void LogFull(SiloAddress gateway);

    [LoggerMessage(LogLevel.Information, "Gateway {Gateway} takes batches again, at attempt {Attempt}.")]
    private partial void LogRecovered(SiloAddress gateway, int attempt);

    [LoggerMessage(LogLevel.Debug, "A heartbeat to gateway {Gateway} failed.")]
    private partial void LogHeartbeatFailed(Exception exception, SiloAddress gateway);
}
