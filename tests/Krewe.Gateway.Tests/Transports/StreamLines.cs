using System.Text.Json.Nodes;

namespace Krewe.Gateway.Tests.Transports;

/// <summary>Opens a stream and reads it line by line.</summary>
internal static class StreamLines
{
    internal static async Task EndAsync(HttpResponseMessage answer) => await answer.Content.ReadAsStringAsync().WaitAsync(TimeSpan.FromSeconds(20));

    internal static async Task<HttpResponseMessage> OpenAsync(HttpClient client, string address, string accept = "text/event-stream")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    // A heartbeat may come in between where the machine is slow.
    internal static async Task<JsonNode> ItemAsync(StreamReader lines)
    {
        while (true)
        {
            if (await LineAsync(lines) is { Length: > 0 } line) return JsonNode.Parse(line)!;
        }
    }

    internal static async Task<string> LineAsync(StreamReader lines) =>
        await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)) ?? throw new EndOfStreamException("The stream has ended.");
}
