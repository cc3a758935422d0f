using System.Buffers;
using System.Net.WebSockets;
using Krewe.Core.Connections;
using Krewe.Core.Errors;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Api;
using Krewe.Gateway.Connections;
using Krewe.Gateway.Sessions;
using Krewe.Protocols.Json;

namespace Krewe.Gateway.Transports.WebSocket;

/// <summary>Reads a client's frames and does what they say. The next is read when there is room for what this one made.</summary>
internal sealed class WebSocketReader(Caller caller, WebSocketSession session, Users users, int maxBytes, int maxDepth, string domain)
{
    private static readonly TimeSpan Discarding = TimeSpan.FromSeconds(1);

    private readonly SendLane<string?> _sends = new(caller, users, session);
    private readonly AckLane _acks = new(caller, users, session);

    /// <summary>Waits until everything that the client sent up to now is answered.</summary>
    public Task WhenAnsweredAsync() => Task.WhenAll(_sends.WhenIdleAsync(), _acks.WhenIdleAsync());

    /// <summary>Reads until the connection ends; gives the reason, unless the session was closed for another before.</summary>
    public async Task<CloseReason> RunAsync(System.Net.WebSockets.WebSocket socket, QueueStream input)
    {
        try
        {
            return await ReadAsync(socket).ConfigureAwait(false);
        }
        catch (Exception) when (input.Refused is not null)
        {
            _ = session.CloseAsync(input.Refused);
            await input.DiscardAsync(Discarding).ConfigureAwait(false);
            return input.Refused;
        }
        catch (WebSocketException error) when (error.WebSocketErrorCode != WebSocketError.ConnectionClosedPrematurely)
        {
            // The runtime has sent the close frame. A socket that is closed with bytes unread is reset, and the frame may be lost with it.
            _ = session.CloseAsync(CloseReason.ProtocolError);
            await input.DiscardAsync(Discarding).ConfigureAwait(false);
            return CloseReason.ProtocolError;
        }
        catch (Exception error) when (error is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            return CloseReason.ClientGone;
        }
        catch (Exception error)
        {
            session.LogFailed(error);
            return CloseReason.Internal;
        }
    }

    private async Task<CloseReason> ReadAsync(System.Net.WebSockets.WebSocket socket)
    {
        byte[] buffer = [];
        try
        {
            while (true)
            {
                // A read of no bytes waits for the next frame; meanwhile an idle connection holds no buffer.
                var waiting = socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
                if (!waiting.IsCompleted)
                {
                    session.Flush();
                    Return(ref buffer);
                }
                var received = await waiting.ConfigureAwait(false);
                if (received.MessageType == WebSocketMessageType.Close) return CloseCodes.Normal;
                var length = 0;
                while (!received.EndOfMessage)
                {
                    if (length == buffer.Length) Grow(ref buffer, length);
                    received = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None).ConfigureAwait(false);
                    if (received.MessageType == WebSocketMessageType.Close) return CloseCodes.Normal;
                    length += received.Count;
                    if (session.IsClosed) length = 0;
                }
                // The server is saying goodbye: what still comes before the client's own is passed over.
                if (session.IsClosed) continue;
                await HandleAsync(buffer.AsMemory(0, length)).ConfigureAwait(false);
                await session.WaitForRoomAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            Return(ref buffer);
        }
    }

    private Task HandleAsync(ReadOnlyMemory<byte> text)
    {
        if (!ClientFrameReader.TryRead(text.Span, maxDepth, domain, out var frame, out var reference, out var fault))
        {
            session.Refuse(reference, fault);
            return Task.CompletedTask;
        }
        switch (frame.Type)
        {
            case ClientFrameType.Send:
                return _sends.AddAsync(reference, frame.Draft!);
            case ClientFrameType.Ack when frame.Ack.Seq <= session.Given:
                _acks.Add(frame.Ack);
                return Task.CompletedTask;
            case ClientFrameType.Ack:
                return CallAsync(reference, user => user.Mailbox.AckAsync(caller.Device, frame.Ack.Seq, frame.Ack.Read));
            case ClientFrameType.Presence:
                return CallAsync(reference, user => user.Sessions.SetPresenceAsync(caller.Device, frame.Presence!));
            case ClientFrameType.Typing:
                return CallAsync(reference, user => user.Sessions.TypingAsync(caller.Device, frame.To, ClientFrameReader.NameOf(frame.State)));
            default:
                session.Pong(reference);
                return Task.CompletedTask;
        }
    }

    /// <summary>Calls the user's grain, which makes the client wait with its next frame; only a refusal is told.</summary>
    private async Task CallAsync(string? reference, Func<Users.User, ValueTask<Outcome<Done>>> call)
    {
        var outcome = await users.CallAsync(caller.Address, call, CancellationToken.None).ConfigureAwait(false);
        if (outcome.Fault is { } fault) session.Refuse(reference, fault);
    }

    private void Grow(ref byte[] buffer, int length)
    {
        // A byte more than a message may have: its last fragment may be empty, and needs a place to be read to.
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(Math.Max(1024, length * 2), Math.Max(maxBytes, 1023) + 1));
        buffer.AsSpan(0, length).CopyTo(larger);
        Return(ref buffer);
        buffer = larger;
    }

    private static void Return(ref byte[] buffer)
    {
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }
}
