using System.CommandLine;

namespace Krewe.LoadTool;

/// <summary>The options of <c>push</c>.</summary>
internal sealed record PushPlan(int Devices, int Messages, int Rate, int Seconds, int WarmUp, int Rounds, string? DataPath);

/// <summary><c>push</c>: a server of its own, a fake FCM in the tool, devices that sleep.</summary>
internal static class PushCommand
{
    public static Command Create()
    {
        var devices = CommonOptions.Number("--devices", 2000, 1, 100_000, "Sleeping devices, each of a user of its own.");
        var messages = CommonOptions.Number("--messages", 20_000, 1, 1_000_000, "Without a rate: messages that are sent while FCM is away; what waits is then drained.");
        var rate = CommonOptions.Number("--rate", 0, 0, 20_000, "Messages a second in all, to one device after the other; latency counts from the end of the grace time. 0: the drain.");
        var seconds = CommonOptions.Number("--seconds", 10, 1, 3600, "How long, with a rate.");
        var warmUp = CommonOptions.Number("--warm-up", 15, 0, 600, "Seconds before it: the runtime compiles what is called often for that long.");
        var rounds = CommonOptions.Number("--rounds", 3, 1, 100, "Without a rate: outages one after the other; each gets a row, as the first one finds everything cold.");
        var data = new Option<string?>("--data") { Description = "The server's data path. Default: a temporary folder." };
        var command = new Command("push", "Mobile push against a fake FCM: pushes a second, CPU a push, latency, and what was lost or sent twice. Starts the server itself.")
        {
            devices, messages, rate, seconds, warmUp, rounds, data,
        };
        command.SetAction((parsed, cancellationToken) => new PushRun(new PushPlan(
            parsed.GetValue(devices), parsed.GetValue(messages), parsed.GetValue(rate), parsed.GetValue(seconds), parsed.GetValue(warmUp), parsed.GetValue(rounds), parsed.GetValue(data))).RunAsync(cancellationToken));
        return command;
    }
}
