using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using Krewe.Core.Limits;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Krewe.Server.Listening;

/// <summary>Bounds the clients' connections of this process. One more is answered with 503 where it speaks plain HTTP, and closed.</summary>
internal sealed class ConnectionBound
{
    /// <summary>How long a refused client has to say what it came for: an answer that comes before the request is lost with the connection.</summary>
    private static readonly TimeSpan Listening = TimeSpan.FromSeconds(1);

    private readonly int _bound;
    private readonly TimeProvider _time;
    private readonly Counter<long> _refused;
    private readonly ConnectionPace _pace;
    private int _open;

    public ConnectionBound(IOptions<LimitOptions> limits, IMeterFactory meters, TimeProvider time)
    {
        (_bound, _time, _pace) = (limits.Value.Connections, time, new ConnectionPace(time));
        var meter = meters.Create("Krewe.Server");
        _refused = meter.CreateCounter<long>("krewe.server.connections.refused", "{connection}", "Connections beyond Krewe:Limits:Connections, which were turned away.");
        meter.CreateObservableGauge("krewe.server.connections", () => Volatile.Read(ref _open), "{connection}", "Clients' connections of every kind.");
        meter.CreateObservableGauge("krewe.server.connections.waiting", () => _pace.Waiting, "{connection}", "New connections that wait to be handed on.");
    }

    /// <summary>Clients' connections of every kind.</summary>
    public int Open => Volatile.Read(ref _open);

    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next, bool speaksHttp)
    {
        var mine = Interlocked.Increment(ref _open);
        try
        {
            if (mine <= _bound)
            {
                await _pace.EnterAsync();
                await next(connection);
                return;
            }
            _refused.Add(1);
            // Turning away is cheap, but not free: a flood of it is not answered any more.
            if (speaksHttp && mine <= _bound + (_bound / 8) + 16) await AnswerAsync(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task AnswerAsync(ConnectionContext connection)
    {
        using var patience = new CancellationTokenSource(Listening, _time);
        try
        {
            var read = await connection.Transport.Input.ReadAsync(patience.Token);
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
            connection.Transport.Output.Write(Refusal(Random.Shared.Next(2, 11)));
            await connection.Transport.Output.FlushAsync(patience.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // It goes without.
        }
    }

    private byte[] Refusal(int seconds)
    {
        var body = $$"""{"type":"urn:krewe:problem:unavailable","title":"Not available now","status":503,"detail":"This server holds {{_bound}} connections, which is its bound; come back, another one may take you.","code":"unavailable"}""";
        return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\nContent-Length: {body.Length}\r\nCache-Control: no-store\r\nRetry-After: {seconds}\r\nConnection: close\r\n\r\n{body}");
    }
}
