using Krewe.Core.Connections;
using Krewe.Gateway.Connections;

namespace Krewe.Gateway.Transports.WebSocket;

/// <summary>
/// What the runtime's WebSocket reads from and writes to: reads come from the wire, and the few frames that it writes by itself
/// (pong, close) go through the same queue as all others.
/// </summary>
internal sealed class QueueStream(Stream wire, OutputQueue output, FrameGuard guard, TimeProvider time) : Stream
{
    private const int InvalidPayload = 1007;

    private long _lastRead = time.GetTimestamp();

    /// <summary>When the client was last heard of, whatever it sent.</summary>
    public long LastRead => Volatile.Read(ref _lastRead);

    /// <summary>Why nothing more is read of what the client sends.</summary>
    public CloseReason? Refused => guard.Refused;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Refused is null)
        {
            var read = await wire.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _lastRead, time.GetTimestamp());
            // What came before a refused frame is still good.
            var good = guard.Check(buffer.Span[..read]);
            if (Refused is null || good > 0) return good;
        }
        throw new IOException(Refused!.Text);
    }

    /// <summary>Reads and forgets until the client ends the connection or the time is over.</summary>
    public async Task DiscardAsync(TimeSpan most)
    {
        using var over = new CancellationTokenSource(most, time);
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            while (await wire.ReadAsync(buffer, over.Token).ConfigureAwait(false) > 0)
            {
                // Nothing of it is wanted.
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The end, one way or the other.
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Takes one whole frame. Waits while the client does not read: who sends pings without end gets no more memory by it.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Where the runtime closes by itself it does not say why. What it finds and the guard does not is bad UTF-8, and a bad close frame.
        if (FrameHeader.BareCloseCode(buffer.Span) is { } code)
            output.Append(FrameHeader.Close(code, code == InvalidPayload ? "invalid-payload: Text is UTF-8." : "protocol-error: The close frame is broken."));
        else output.Append(buffer.Span);
        output.Flush();
        return new ValueTask(output.WaitForRoomAsync());
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
