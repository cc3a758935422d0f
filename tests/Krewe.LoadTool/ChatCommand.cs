using System.CommandLine;

namespace Krewe.LoadTool;

/// <summary>The options of <c>chat</c>.</summary>
internal sealed record ChatPlan(Uri[] Servers, int[] ServerPids, int Pairs, int InFlight, int Rate, int Seconds, int WarmUp, int BodyBytes, int AckEvery);

/// <summary><c>chat</c>: pairs of users, each with a WebSocket, one sends and the other receives.</summary>
internal static class ChatCommand
{
    public static Command Create()
    {
        var server = CommonOptions.Servers();
        var pid = CommonOptions.Pids();
        var pairs = CommonOptions.Number("--pairs", 100, 1, 20_000, "Pairs of users.");
        var inFlight = CommonOptions.Number("--in-flight", 8, 1, 1000, "Closed loop: messages that a sender has on the way at once.");
        var rate = CommonOptions.Number("--rate", 0, 0, 1_000_000, "Open loop: messages a second in all, sent when due whether or not answers came; latency counts from the due time. 0: closed loop.");
        var seconds = CommonOptions.Number("--seconds", 20, 1, 3600, "Measured time.");
        var warmUp = CommonOptions.Number("--warm-up", 5, 0, 600, "Seconds before it.");
        var body = CommonOptions.Number("--body", 100, 40, 60_000, "Bytes in a body.");
        var ack = CommonOptions.Number("--ack-every", 0, 0, 10_000, "The receiver acknowledges every n-th item, which makes receipts. 0: never.");
        var command = new Command("chat", "1:1 chat over WebSockets: throughput, latency, and what was lost, repeated or reordered.")
        {
            server, pid, pairs, inFlight, rate, seconds, warmUp, body, ack,
        };
        command.SetAction((parsed, cancellationToken) => new ChatRun(new ChatPlan(
            parsed.GetValue(server)!, parsed.GetValue(pid) ?? [], parsed.GetValue(pairs), parsed.GetValue(inFlight), parsed.GetValue(rate),
            parsed.GetValue(seconds), parsed.GetValue(warmUp), parsed.GetValue(body), parsed.GetValue(ack))).RunAsync(cancellationToken));
        return command;
    }
}
