using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Krewe.Gateway.Tests.Hosting;

namespace Krewe.Gateway.Tests.Transports;

/// <summary>Over real grains and a real store: whichever transport reads, and however often it changes, the list is the same.</summary>
public sealed class SwitchingTests(SharedGateway gateway) : IClassFixture<SharedGateway>, IDisposable
{
    private const int Messages = 1_500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // A stream that is given up is to end at once, and not after its rest was read for two more seconds.
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxResponseDrainSize = 0 }) { BaseAddress = gateway.Host.Address };

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("poll")]
    [InlineData("long-poll")]
    [InlineData("sse")]
    [InlineData("ndjson")]
    [InlineData("forever-frame")]
    [InlineData("websocket")]
    [InlineData("all")]
    public async Task The_mailbox_is_the_same_by_every_transport(string transport)
    {
        var romeo = await gateway.JoinAsync("romeo");
        var juliet = await gateway.JoinAsync("juliet");
        var sending = SendAsync(romeo, juliet);
        var random = new Random(transport.GetHashCode(StringComparison.Ordinal));
        string[] transports = transport == "all" ? ["poll", "long-poll", "sse", "ndjson", "forever-frame", "websocket"] : [transport];
        var items = new List<JsonNode>();
        var rounds = 0;
        while (items.Count < Messages)
        {
            Assert.True(++rounds < 5_000, $"After 5000 reads there are {items.Count} items.");
            try
            {
                await ReadAsync(juliet.Token!, transports[random.Next(transports.Length)], items, 1 + random.Next(120));
            }
            catch (Exception error)
            {
                var log = gateway.Host.Log.All.Where(line => line.Text.Contains(juliet.Name, StringComparison.Ordinal) || line.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
                throw new InvalidOperationException($"Round {rounds}: {error.Message}\n{string.Join('\n', log.TakeLast(40).Select(line => $"{line.Level} {line.Text}"))}", error);
            }
        }
        await sending;
        Assert.Equal(Enumerable.Range(1, Messages), items.Select(item => (int)item["seq"]!));
        Assert.Equal(Enumerable.Range(0, Messages).Select(i => $"message {i}"), items.Select(item => (string)item["body"]!));
    }

    private async Task SendAsync(Person from, Person to)
    {
        using var socket = await OpenAsync(from.Token!, 0);
        var buffer = new byte[4096];
        var answers = 0;
        var reading = Task.Run(async () =>
        {
            while (answers < Messages)
            {
                var result = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).AsTask().WaitAsync(Patience);
                if (Encoding.UTF8.GetString(buffer, 0, result.Count).StartsWith("""{"type":"sent""", StringComparison.Ordinal)) answers++;
            }
        });
        for (var i = 0; i < Messages; i++)
        {
            var frame = new JsonObject { ["type"] = "send", ["to"] = to.Address, ["body"] = $"message {i}" };
            await socket.SendAsync(Encoding.UTF8.GetBytes(frame.ToJsonString()), WebSocketMessageType.Text, true, CancellationToken.None);
        }
        await reading;
    }

    /// <summary>Reads some items by one transport and breaks it off.</summary>
    private async Task ReadAsync(string token, string transport, List<JsonNode> items, int most)
    {
        var after = items.Count == 0 ? 0 : (long)items[^1]["seq"]!;
        most = Math.Min(most, Messages - items.Count);
        switch (transport)
        {
            case "poll":
            case "long-poll":
                var page = await (await GetAsync(token, $"/v1/mailbox?after={after}&limit={most}{(transport == "poll" ? "" : "&wait=20")}", "application/json"))
                    .Content.ReadFromJsonAsync<JsonNode>();
                items.AddRange(page!["items"]!.AsArray().Select(item => item!));
                break;
            case "websocket":
                using (var socket = await OpenAsync(token, after))
                {
                    var buffer = new byte[64 * 1024];
                    for (var read = 0; read < most;)
                    {
                        var result = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).AsTask().WaitAsync(Patience);
                        if (JsonNode.Parse(buffer.AsSpan(0, result.Count))!["item"] is not { } item) continue;
                        items.Add(item);
                        read++;
                    }
                    socket.Abort();
                }
                break;
            default:
                var accept = transport switch { "sse" => "text/event-stream", "ndjson" => "application/x-ndjson", _ => "text/html" };
                using (var stream = await GetAsync(token, $"/v1/mailbox/stream?after={after}", accept))
                {
                    using var lines = new StreamReader(await stream.Content.ReadAsStreamAsync());
                    for (var read = 0; read < most;)
                    {
                        var line = await lines.ReadLineAsync().WaitAsync(Patience) ?? throw new EndOfStreamException(transport);
                        if (ItemOf(line) is not { } json) continue;
                        items.Add(JsonNode.Parse(json)!);
                        read++;
                    }
                }
                break;
        }
    }

    private static string? ItemOf(string line)
    {
        const string Event = "data: ", Start = "<script>parent.krewe.receive(", End = ")</script>";
        if (line.StartsWith('{')) return line;
        if (line.StartsWith(Event, StringComparison.Ordinal)) return line[Event.Length..];
        return line.StartsWith(Start, StringComparison.Ordinal) ? line[Start.Length..^End.Length] : null;
    }

    private async Task<HttpResponseMessage> GetAsync(string token, string address, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = new("Bearer", token);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.True(answer.IsSuccessStatusCode, $"{address}: {(int)answer.StatusCode}");
        return answer;
    }

    private async Task<ClientWebSocket> OpenAsync(string token, long after)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
        using var patience = new CancellationTokenSource(Patience);
        await socket.ConnectAsync(new Uri($"ws://{gateway.Host.Address.Authority}/v1/ws?after={after}"), patience.Token);
        return socket;
    }
}
