using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Krewe.TestKit.Push;

/// <summary>
/// Sits between Kestrel and one HTTP/2 connection to say a GOAWAY of its own (RFC 9113, section 6.8): Kestrel's never leaves out a stream that it has read,
/// and what a sender does about those is what a test wants to see.
/// </summary>
internal sealed class Http2Farewell
{
    private const int FrameHeader = 9;
    private readonly Lock _lock = new();
    private readonly Pipe _pipe = new();
    private int _newestTaken;
    private int? _last;

    public static async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (connection.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol.Span.SequenceEqual("h2"u8) != true)
        {
            await next(connection).ConfigureAwait(false);
            return;
        }
        var farewell = new Http2Farewell();
        var transport = connection.Transport;
        connection.Features.Set(farewell);
        connection.Transport = new Way(transport.Input, farewell._pipe.Writer);
        var pump = farewell.PumpAsync(transport.Output);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            await farewell._pipe.Writer.CompleteAsync().ConfigureAwait(false);
            await pump.ConfigureAwait(false);
            connection.Transport = transport;
        }
    }

    /// <summary>False if the connection was given up before this stream: then nothing may be done for it.</summary>
    public bool TryTake(int stream)
    {
        lock (_lock)
        {
            if (_last is { } last && stream > last) return false;
            _newestTaken = Math.Max(_newestTaken, stream);
            return true;
        }
    }

    public void GoAway()
    {
        lock (_lock) _last ??= _newestTaken;
        _pipe.Reader.CancelPendingRead();
    }

    private async Task PumpAsync(PipeWriter output)
    {
        var said = false;
        try
        {
            while (true)
            {
                var read = await _pipe.Reader.ReadAsync().ConfigureAwait(false);
                var rest = read.Buffer;
                while (TryCutFrame(ref rest, out var frame))
                    foreach (var part in frame) output.Write(part.Span);
                if (!said && _last is { } last)
                {
                    said = true;
                    WriteGoAway(output, last);
                }
                _pipe.Reader.AdvanceTo(rest.Start, rest.End);
                var flushed = await output.FlushAsync().ConfigureAwait(false);
                if (read.IsCompleted || flushed.IsCompleted) return;
            }
        }
        catch (Exception error) when (error is IOException or ConnectionAbortedException or InvalidOperationException)
        {
            // The peer or a script broke the connection.
        }
        finally
        {
            await _pipe.Reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static bool TryCutFrame(ref ReadOnlySequence<byte> rest, out ReadOnlySequence<byte> frame)
    {
        frame = default;
        if (rest.Length < FrameHeader) return false;
        Span<byte> length = stackalloc byte[4];
        rest.Slice(0, 3).CopyTo(length[1..]);
        var whole = FrameHeader + BinaryPrimitives.ReadInt32BigEndian(length);
        if (rest.Length < whole) return false;
        frame = rest.Slice(0, whole);
        rest = rest.Slice(whole);
        return true;
    }

    private static void WriteGoAway(PipeWriter output, int last)
    {
        // APNs tells its reason in the frame's debug data.
        var debug = """{"reason":"Shutdown"}"""u8;
        var frame = output.GetSpan(FrameHeader + 8 + debug.Length);
        frame[..(FrameHeader + 8)].Clear();
        frame[2] = (byte)(8 + debug.Length);
        frame[3] = 0x7; // GOAWAY; stream 0, and NO_ERROR after the last id.
        BinaryPrimitives.WriteInt32BigEndian(frame[FrameHeader..], last);
        debug.CopyTo(frame[(FrameHeader + 8)..]);
        output.Advance(FrameHeader + 8 + debug.Length);
    }

    private sealed class Way(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
