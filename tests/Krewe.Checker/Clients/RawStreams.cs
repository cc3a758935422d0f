using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Krewe.Client;

namespace Krewe.Checker.Clients;

/// <summary>The streaming transports as they are on the wire: nothing is passed over, reordered or asked for again.</summary>
internal static class RawStreams
{
    // The server says something every 15 s at least.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(20);

    private const string CallBegin = "<script>parent.krewe.receive(", CallEnd = ")</script>";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static IAsyncEnumerable<Item> ReadAsync(TransportKind transport, HttpClient http, long after, Action opened, CancellationToken stop) => transport switch
    {
        TransportKind.ServerSentEvents => EventsAsync(LinesAsync(http, after, "text/event-stream", opened, stop)),
        TransportKind.Ndjson => NdjsonAsync(LinesAsync(http, after, "application/x-ndjson", opened, stop)),
        TransportKind.ForeverFrame => FrameAsync(LinesAsync(http, after, "text/html", opened, stop)),
        _ => throw new ArgumentOutOfRangeException(nameof(transport)),
    };

    private static async IAsyncEnumerable<string> LinesAsync(HttpClient http, long after, string type, Action opened, [EnumeratorCancellation] CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(string.Create(CultureInfo.InvariantCulture, $"/v1/mailbox/stream?after={after}"), UriKind.Relative));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(stop);
        silence.CancelAfter(Silence);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token);
        await ThrowIfRefusedAsync(response, silence.Token);
        opened();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(silence.Token), Encoding.UTF8);
        while (true)
        {
            silence.CancelAfter(Silence);
            if (await reader.ReadLineAsync(silence.Token) is not { } line) yield break;
            yield return line;
        }
    }

    /// <summary>Takes the number from the event's id, because that is what browsers resume with.</summary>
    private static async IAsyncEnumerable<Item> EventsAsync(IAsyncEnumerable<string> lines)
    {
        string? id = null, data = null;
        await foreach (var line in lines)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) data = line[6..];
            else if (line.Length == 0)
            {
                if (id is not null && data is not null) yield return Parse(data) with { Seq = long.Parse(id, CultureInfo.InvariantCulture) };
                (id, data) = (null, null);
            }
        }
    }

    private static async IAsyncEnumerable<Item> NdjsonAsync(IAsyncEnumerable<string> lines)
    {
        await foreach (var line in lines)
            if (line.Length > 0) yield return Parse(line);
    }

    private static async IAsyncEnumerable<Item> FrameAsync(IAsyncEnumerable<string> lines)
    {
        await foreach (var line in lines)
            if (line.StartsWith(CallBegin, StringComparison.Ordinal) && line.EndsWith(CallEnd, StringComparison.Ordinal)) yield return Parse(line[CallBegin.Length..^CallEnd.Length]);
    }

    private static Item Parse(string json) => JsonSerializer.Deserialize<Item>(json, Json)!;

    public static async Task ThrowIfRefusedAsync(HttpResponseMessage response, CancellationToken stop)
    {
        if (response.IsSuccessStatusCode) return;
        var code = "http";
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(stop));
            code = problem.RootElement.TryGetProperty("code", out var told) ? told.GetString()! : code;
        }
        throw new KreweException(code, $"The server answered {(int)response.StatusCode}.", response.StatusCode);
    }

    public static async Task<ItemPage> PollAsync(HttpClient http, long after, int wait, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(TimeSpan.FromSeconds(wait + 12));
        using var response = await http.GetAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"/v1/mailbox?after={after}&limit=500&wait={wait}"), UriKind.Relative), patience.Token);
        await ThrowIfRefusedAsync(response, patience.Token);
        return JsonSerializer.Deserialize<ItemPage>(await response.Content.ReadAsStringAsync(patience.Token), Json)!;
    }
}

/// <summary>Every way to read a mailbox.</summary>
internal enum TransportKind
{
    WebSocket,
    ServerSentEvents,
    Ndjson,
    ForeverFrame,
    LongPoll,
    Poll,
}
