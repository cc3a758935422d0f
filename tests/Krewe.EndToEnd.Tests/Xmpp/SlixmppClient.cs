using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Krewe.EndToEnd.Tests.Xmpp;

/// <summary>Debian's slixmpp in a process of its own, told what to do.</summary>
internal sealed class SlixmppClient : IAsyncDisposable
{
    // Debian's interpreter, whatever else is on the path.
    private const string Python = "/usr/bin/python3";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly List<string> _seen = [];

    private SlixmppClient(Process process) => _process = process;

    /// <summary>Is it installed?</summary>
    public static async Task<bool> ExistsAsync()
    {
        if (!File.Exists(Python)) return false;
        using var process = Start("-c", "import slixmpp");
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }

    /// <param name="security"><c>starttls</c>, <c>tls</c> or <c>none</c>.</param>
    public static SlixmppClient Connect(IPEndPoint server, string jid, string password, string security) => new(Start(
        Path.Combine(AppContext.BaseDirectory, "Xmpp", "slixmpp_client.py"), server.Address.ToString(), server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        jid, password, security));

    public Task DoAsync(object order) => _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order));

    /// <summary>Waits for an event; others that come before are passed over.</summary>
    public async Task<JsonObject> UntilAsync(string name, Func<JsonObject, bool>? which = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                _seen.Add(line);
                var seen = JsonNode.Parse(line)!.AsObject();
                if ((string?)seen["event"] == name && which?.Invoke(seen) != false) return seen;
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"In {Patience} slixmpp did not see '{name}', but:\n{string.Join('\n', _seen)}");
        }
        throw new InvalidOperationException($"slixmpp ended before it saw '{name}':\n{string.Join('\n', _seen)}\n{await _process.StandardError.ReadToEndAsync(CancellationToken.None)}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(Python, arguments)
    {
        RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
    })!;
}
