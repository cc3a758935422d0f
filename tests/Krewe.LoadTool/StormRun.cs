using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using Krewe.Client;
using Spectre.Console;

namespace Krewe.LoadTool;

/// <summary>One storm, and its figures. A client that is refused comes again after what <c>Retry-After</c> says, as clients do.</summary>
internal sealed class StormRun
{
    // A connection that breaks tells nothing: as a client library does, soon and then less often.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Latencies _back = new();
    private int _refused;
    private int _broken;
    private int _dropped;

    public required Uri Server { get; init; }
    public required ServerProbe Probe { get; init; }
    public required int Clients { get; init; }
    public required int PerUser { get; init; }
    public required TimeSpan Patience { get; init; }

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler();
        using var invoker = new HttpMessageInvoker(handler);
        var run = Guid.NewGuid().ToString("N")[..8];
        var tokens = new Token[(Clients + PerUser - 1) / PerUser];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, tokens.Length, parallel, async (i, token) =>
        {
            using var client = new KreweClient(Server, new KreweClientOptions { Handler = handler });
            tokens[i] = await LoadUser.SignUpAsync(client, $"storm-{run}-{i}", token);
        });
        await using var pair = await InnocentPair.StartAsync(Server, handler, invoker, run, cancellationToken);
        var open = new LoadUser[Clients];
        await Parallel.ForAsync(0, Clients, parallel, async (i, token) => open[i] = await LoadUser.ConnectAsync(Server, tokens[i / PerUser], invoker, token));
        await Task.Delay(TimeSpan.FromSeconds(3), cancellationToken);
        var calm = pair.Take();
        AnsiConsole.MarkupLine($"{Clients:N0} clients are connected; they all go, and come back at once.");
        Probe.Start();
        foreach (var user in open) await user.DisposeAsync();
        var begun = Stopwatch.GetTimestamp();
        var returned = await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => ReturnAsync(tokens[i / PerUser], invoker, begun, cancellationToken)));
        var all = Stopwatch.GetElapsedTime(begun);
        Print(all, calm, pair.Take());
        foreach (var user in returned)
            if (user is not null) await user.DisposeAsync();
        return _dropped == 0 && pair.Lost == 0 ? 0 : 1;
    }

    private async Task<LoadUser?> ReturnAsync(Token token, HttpMessageInvoker invoker, long begun, CancellationToken cancellationToken)
    {
        await Task.Yield();
        for (var pause = FirstPause; Stopwatch.GetElapsedTime(begun) < Patience; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var socket = new ClientWebSocket();
            socket.Options.CollectHttpResponseDetails = true;
            try
            {
                var user = await LoadUser.ConnectAsync(Server, token, invoker, cancellationToken, socket);
                _back.Record(begun);
                return user;
            }
            catch (WebSocketException) when (socket.HttpStatusCode == HttpStatusCode.ServiceUnavailable)
            {
                Interlocked.Increment(ref _refused);
                var after = socket.HttpResponseHeaders!.TryGetValue("Retry-After", out var values) ? int.Parse(values.First(), System.Globalization.CultureInfo.InvariantCulture) : 1;
                await Task.Delay(TimeSpan.FromSeconds(after), cancellationToken);
            }
            catch (WebSocketException)
            {
                Interlocked.Increment(ref _broken);
                await Task.Delay(pause, cancellationToken);
            }
            socket.Dispose();
        }
        Interlocked.Increment(ref _dropped);
        return null;
    }

    private void Print(TimeSpan all, string calm, string storm)
    {
        var table = new Table().AddColumns("figure", "value");
        table.AddRow("clients", $"{Clients:N0}");
        table.AddRow("all back after", $"{all.TotalSeconds:N1} s");
        table.AddRow("each back after", _back.Summary());
        table.AddRow("told to come again", $"{_refused:N0}");
        table.AddRow("broken connections", $"{_broken:N0}");
        table.AddRow("dropped", $"{_dropped:N0}");
        table.AddRow("innocent pair before", calm);
        table.AddRow("innocent pair in the storm", storm);
        if (Probe.Available) table.AddRow("server CPU", $"{Probe.Cpu.TotalSeconds:N1} s");
        AnsiConsole.Write(table);
    }
}
