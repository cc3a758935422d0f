using System.Diagnostics;
using Krewe.Client;
using Spectre.Console;

namespace Krewe.LoadTool;

/// <summary>One run of <c>chat</c>.</summary>
internal sealed class ChatRun(ChatPlan plan)
{
    private readonly Latencies _ack = new();
    private readonly Latencies _receive = new();
    private readonly string _padding = new('x', Math.Max(1, plan.BodyBytes - 40));
    private volatile bool _sending = true;
    private long _seqFaults;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler();
        using var invoker = new HttpMessageInvoker(handler);
        var pairs = await AnsiConsole.Progress().StartAsync(progress => ConnectAsync(progress, handler, invoker, cancellationToken));
        var probe = new ServerProbe(plan.ServerPids);
        var pump = plan.Rate > 0 ? Task.Factory.StartNew(() => PumpOpenLoop(pairs), TaskCreationOptions.LongRunning) : Task.CompletedTask;
        if (plan.Rate == 0)
            foreach (var pair in pairs)
                for (var i = 0; i < plan.InFlight; i++) SendNext(pair);

        await Task.Delay(TimeSpan.FromSeconds(plan.WarmUp), cancellationToken);
        _ack.Reset();
        _receive.Reset();
        probe.Start();
        var ackedBefore = pairs.Sum(pair => pair.Ledger.Acked);
        var watch = Stopwatch.StartNew();
        await ShowProgressAsync(pairs, watch, cancellationToken);
        var elapsed = watch.Elapsed;
        var acked = pairs.Sum(pair => pair.Ledger.Acked) - ackedBefore;
        var cpu = probe.Cpu;
        // The tail of the run, when the load fades, is not measured; the ledger counts it.
        var (ack, receive) = (_ack.Summary(), _receive.Summary());
        _sending = false;
        await pump;
        await SettleAsync(pairs, cancellationToken);
        Report(pairs, acked, elapsed, cpu, probe, ack, receive);
        foreach (var pair in pairs) await pair.DisposeAsync();
        return pairs.Sum(pair => pair.Ledger.Lost + pair.Ledger.Repeated + pair.Ledger.Reordered) + _seqFaults > 0 ? 1 : 0;
    }

    private async Task<Pair[]> ConnectAsync(ProgressContext progress, SocketsHttpHandler handler, HttpMessageInvoker invoker, CancellationToken cancellationToken)
    {
        var task = progress.AddTask("signing up and connecting", maxValue: plan.Pairs);
        var run = Guid.NewGuid().ToString("N")[..8];
        var pairs = new Pair[plan.Pairs];
        await Parallel.ForAsync(0, plan.Pairs, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken }, async (i, token) =>
        {
            async Task<LoadUser> UserAsync(string role, int gateway)
            {
                var server = plan.Servers[gateway % plan.Servers.Length];
                using var client = new KreweClient(server, new KreweClientOptions { Handler = handler });
                return await LoadUser.ConnectAsync(server, await LoadUser.SignUpAsync(client, $"load-{run}-{role}{i}", token), invoker, token);
            }
            var pair = new Pair(await UserAsync("a", i), await UserAsync("b", i + 1));
            Attach(pair);
            pairs[i] = pair;
            task.Increment(1);
        });
        return pairs;
    }

    private void Attach(Pair pair)
    {
        long aSeq = 0, bSeq = 0;
        pair.A.OnFrame = bytes =>
        {
            var frame = Wire.Read(bytes.Span);
            CheckSeq(frame, ref aSeq);
            if (frame.Kind == FrameKind.Error) Ledger.Refused.AddOrUpdate(frame.Code ?? "?", 1, (_, count) => count + 1);
            if (frame.Kind is not (FrameKind.Sent or FrameKind.Error)) return;
            if (frame.Kind == FrameKind.Sent)
            {
                pair.Ledger.Acknowledge(frame.Ref);
                if (pair.Due.TryRemove(frame.Ref, out var due)) _ack.Record(due);
            }
            if (plan.Rate == 0 && _sending) SendNext(pair);
        };
        pair.B.OnFrame = bytes =>
        {
            var frame = Wire.Read(bytes.Span);
            CheckSeq(frame, ref bSeq);
            if (frame is not { Kind: FrameKind.Item, Number: >= 0 }) return;
            pair.Ledger.Receive(frame.Number);
            _receive.Record(frame.DueTicks);
            if (plan.AckEvery > 0 && frame.Seq % plan.AckEvery == 0) pair.B.Send(Wire.Ack(frame.Seq));
        };
        pair.A.Start();
        pair.B.Start();
    }

    /// <summary>Every connection sees 1, 2, 3 … of its mailbox.</summary>
    private void CheckSeq(Frame frame, ref long last)
    {
        if (frame.Kind != FrameKind.Item) return;
        if (frame.Seq != last + 1) Interlocked.Increment(ref _seqFaults);
        last = frame.Seq;
    }

    private void SendNext(Pair pair) => Send(pair, Stopwatch.GetTimestamp());

    private void Send(Pair pair, long due)
    {
        var number = pair.Ledger.TakeNumber();
        pair.Due[number] = due;
        pair.A.Send(Wire.Send(pair.B.Address, number, due, _padding));
    }

    private void PumpOpenLoop(Pair[] pairs)
    {
        var start = Stopwatch.GetTimestamp();
        for (long i = 0; _sending; i++)
        {
            var due = start + (long)(i * (double)Stopwatch.Frequency / plan.Rate);
            while (_sending && Stopwatch.GetTimestamp() < due) Thread.Sleep(due - Stopwatch.GetTimestamp() > Stopwatch.Frequency / 500 ? 1 : 0);
            Send(pairs[i % pairs.Length], due);
        }
    }

    private Task ShowProgressAsync(Pair[] pairs, Stopwatch watch, CancellationToken cancellationToken) => AnsiConsole.Progress().StartAsync(async progress =>
    {
        var task = progress.AddTask("measuring", maxValue: plan.Seconds);
        while (watch.Elapsed.TotalSeconds < plan.Seconds)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250), cancellationToken);
            task.Value = watch.Elapsed.TotalSeconds;
            task.Description = $"{pairs.Sum(pair => pair.Ledger.Acked):N0} acknowledged";
        }
    });

    /// <summary>Gives what is on the way 10 s without progress to arrive.</summary>
    private static async Task SettleAsync(Pair[] pairs, CancellationToken cancellationToken)
    {
        var (before, since) = (-1L, Stopwatch.StartNew());
        while (pairs.Any(pair => pair.Ledger.Received < pair.Ledger.Sent) && since.Elapsed < TimeSpan.FromSeconds(10))
        {
            await Task.Delay(100, cancellationToken);
            var now = pairs.Sum(pair => pair.Ledger.Received + pair.Ledger.Acked);
            if (now != before) since.Restart();
            before = now;
        }
    }

    private void Report(Pair[] pairs, long acked, TimeSpan elapsed, TimeSpan cpu, ServerProbe probe, string ack, string receive)
    {
        long Sum(Func<Ledger, long> what) => pairs.Sum(pair => what(pair.Ledger));
        var table = new Table().AddColumns("figure", "value");
        table.AddRow("load", plan.Rate > 0 ? $"open loop, {plan.Rate:N0}/s" : $"closed loop, {plan.InFlight} in flight a pair");
        table.AddRow("pairs, body", $"{plan.Pairs}, {plan.BodyBytes} bytes");
        table.AddRow("durable messages/s", $"{acked / elapsed.TotalSeconds:N0}");
        table.AddRow("send → ack", ack);
        table.AddRow("send → received", receive);
        if (probe.Available && acked > 0)
        {
            table.AddRow("server CPU a message", $"{cpu.TotalMicroseconds / acked:N1} µs");
            table.AddRow("server CPU", $"{cpu.TotalSeconds / elapsed.TotalSeconds:P0} of a core");
            table.AddRow("server memory", $"{probe.ResidentBytes / 1048576.0:N0} MiB");
        }
        table.AddRow("sent, acknowledged, received", $"{Sum(l => l.Sent):N0}, {Sum(l => l.Acked):N0}, {Sum(l => l.Received):N0}");
        table.AddRow("lost, repeated, reordered", $"{Sum(l => l.Lost):N0}, {Sum(l => l.Repeated):N0}, {Sum(l => l.Reordered):N0}");
        table.AddRow("holes in seq", $"{_seqFaults:N0}");
        foreach (var (code, count) in Ledger.Refused) table.AddRow($"refused: {code}", $"{count:N0}");
        AnsiConsole.Write(table);
    }
}
