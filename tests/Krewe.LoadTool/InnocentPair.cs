using System.Diagnostics;
using Krewe.Client;

namespace Krewe.LoadTool;

/// <summary>Two people who talk at an ordinary pace, whatever happens around them: how long each message takes from one to the other.</summary>
internal sealed class InnocentPair : IAsyncDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stop = new();
    private readonly Latencies _latencies = new();
    private readonly LoadUser _sender;
    private readonly LoadUser _reader;
    private long _sent;
    private long _received;
    private Task _talking = Task.CompletedTask;

    private InnocentPair(LoadUser sender, LoadUser reader) => (_sender, _reader) = (sender, reader);

    public long Lost => Volatile.Read(ref _sent) - Volatile.Read(ref _received);

    public static async Task<InnocentPair> StartAsync(Uri server, HttpMessageHandler handler, HttpMessageInvoker invoker, string run, CancellationToken cancellationToken)
    {
        using var client = new KreweClient(server, new KreweClientOptions { Handler = handler });
        var pair = new InnocentPair(
            await LoadUser.ConnectAsync(server, await LoadUser.SignUpAsync(client, $"innocent-{run}-a", cancellationToken), invoker, cancellationToken),
            await LoadUser.ConnectAsync(server, await LoadUser.SignUpAsync(client, $"innocent-{run}-b", cancellationToken), invoker, cancellationToken));
        pair._reader.OnFrame = pair.OnFrame;
        pair._sender.Start();
        pair._reader.Start();
        pair._talking = pair.TalkAsync();
        return pair;
    }

    /// <summary>The latencies since the last time.</summary>
    public string Take()
    {
        var summary = _latencies.Summary();
        _latencies.Reset();
        return $"{summary}; {Volatile.Read(ref _received):N0} of {Volatile.Read(ref _sent):N0}";
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _talking;
        await _sender.DisposeAsync();
        await _reader.DisposeAsync();
        _stop.Dispose();
    }

    private void OnFrame(ReadOnlyMemory<byte> frame)
    {
        var read = Wire.Read(frame.Span);
        if (read.Kind != FrameKind.Item || read.Number < 0) return;
        _latencies.Record(read.DueTicks);
        Interlocked.Increment(ref _received);
        _reader.Send(Wire.Ack(read.Seq));
    }

    private async Task TalkAsync()
    {
        using var timer = new PeriodicTimer(Pace);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
                _sender.Send(Wire.Send(_reader.Address, Interlocked.Increment(ref _sent), Stopwatch.GetTimestamp(), "hello"));
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }
}
