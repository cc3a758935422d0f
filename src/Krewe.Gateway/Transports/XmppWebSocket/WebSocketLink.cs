// RFC 7395: An Extensible Messaging and Presence Protocol (XMPP) Subprotocol for WebSocket.
using System.Buffers;
using System.Net;
using System.Net.WebSockets;
using Krewe.Core.Connections;
using Krewe.Gateway.Connections;
using Krewe.Gateway.Transports.WebSocket;
using Krewe.Gateway.Xmpp;
using Krewe.Gateway.Xmpp.Login;
using Krewe.Gateway.Xmpp.Streams;
using Krewe.Protocols.Xmpp.Sasl;
using Krewe.Protocols.Xmpp.Xml;
using Microsoft.AspNetCore.Http;

namespace Krewe.Gateway.Transports.XmppWebSocket;

/// <summary>One WebSocket that carries a stream: each element is a message of its own.</summary>
internal sealed class WebSocketLink : IXmppLink, IDisposable
{
    private const int PieceBytes = 4_096;

    private static readonly TimeSpan Discarding = TimeSpan.FromSeconds(1);

    private readonly PendingLogins _pending;
    private readonly QueueStream _input;
    private readonly System.Net.WebSockets.WebSocket _socket;
    private readonly XmppStream _stream;
    private readonly Action _abort;

    public WebSocketLink(Stream wire, XmppServer server, PendingLogins pending, HttpContext context)
    {
        (IsEncrypted, Remote, Gone) = (context.Request.IsHttps, context.Connection.RemoteIpAddress, context.RequestAborted);
        (_pending, _abort) = (pending, context.Abort);
        _stream = new XmppStream(this, server);
        Output = new OutputQueue(wire, server.Parts.Limits.SendQueueBytes, _stream, server.Time);
        _input = new QueueStream(wire, Output, new FrameGuard(server.Options.StanzaBytes), server.Time);
        _socket = System.Net.WebSockets.WebSocket.CreateFromStream(
            _input, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = Timeout.InfiniteTimeSpan });
    }

    public string Transport => "xmpp-websocket";

    public XmlFraming Framing => XmlFraming.Documents;

    public bool IsEncrypted { get; }

    // RFC 7395, section 3.8: TLS is the WebSocket's own.
    public bool CanEncrypt => false;

    public ChannelBindings Bindings => ChannelBindings.None;

    public IPAddress? Remote { get; }

    public long LastRead => _input.LastRead;

    public CancellationToken Gone { get; }

    public OutputQueue Output { get; }

    public void Append(ReadOnlySpan<byte> element)
    {
        Span<byte> header = stackalloc byte[FrameHeader.MaxLength];
        var length = FrameHeader.WriteText(element.Length, header);
        Output.Append(header[..length], element);
    }

    public void AppendHeartbeat() => Output.Append(FrameHeader.Ping);

    public void AppendEnd()
    {
        var refused = _input.Refused;
        Output.Append(refused is null ? FrameHeader.Close(1000, "") : FrameHeader.Close(refused.WebSocketCode(), $"{refused.Code}: {refused.Text}"));
    }

    public void Abort() => _abort();

    public async Task RunAsync()
    {
        _pending.Watch(_stream);
        var reason = CloseReason.ClientGone;
        try
        {
            reason = await ReadAsync().ConfigureAwait(false);
            if (_stream.HasFailed) await _input.DiscardAsync(Discarding).ConfigureAwait(false);
        }
        catch (Exception) when (_input.Refused is not null)
        {
            reason = _input.Refused;
            _ = _stream.CloseAsync(reason);
            await _input.DiscardAsync(Discarding).ConfigureAwait(false);
        }
        catch (Exception error) when (error is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The client is gone, or the connection was broken off here.
        }
        catch (Exception error)
        {
            _stream.LogFailed(error);
            reason = CloseReason.Internal;
        }
        finally
        {
            _stream.ReadingEnded();
            await _stream.CloseAsync(reason).ConfigureAwait(false);
            _pending.Leave(_stream);
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _input.Dispose();
    }

    private async Task<CloseReason> ReadAsync()
    {
        while (true)
        {
            // A read of no bytes waits for the next frame; meanwhile an idle connection holds no buffer.
            var received = await _socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).ConfigureAwait(false);
            if (received.MessageType == WebSocketMessageType.Close) return CloseCodes.Normal;
            var verdict = await ReadMessageAsync(received).ConfigureAwait(false);
            if (verdict is null or StreamVerdict.End) return CloseCodes.Normal;
            if (!_stream.IsAnonymous) _pending.Leave(_stream);
            await Output.WaitForRoomAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Null: the client has closed the socket.</summary>
    private async Task<StreamVerdict?> ReadMessageAsync(ValueWebSocketReceiveResult received)
    {
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (!received.EndOfMessage)
            {
                received = await _socket.ReceiveAsync(piece.AsMemory(), CancellationToken.None).ConfigureAwait(false);
                if (received.MessageType == WebSocketMessageType.Close) return null;
                var verdict = await _stream.ReceiveAsync(new ReadOnlySequence<byte>(piece, 0, received.Count)).ConfigureAwait(false);
                if (verdict != StreamVerdict.GoOn) return verdict;
            }
            return _stream.EndMessage();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
