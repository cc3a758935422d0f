using System.Globalization;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Krewe.Client;

/// <summary>An answer that does not end: server-sent events or one JSON object a line.</summary>
internal sealed class StreamTransport(Api api, Transport kind, TimeSpan silence) : IMailboxTransport
{
    public async IAsyncEnumerable<Signal> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        api.RequireToken();
        var request = Api.Request(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"/v1/mailbox/stream?after={after}"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(kind == Transport.Ndjson ? "application/x-ndjson" : "text/event-stream"));
        using var response = await api.SendOpenAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        yield return Signal.Open;
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var watched = new SilenceStream(body, silence, api.Options.TimeProvider);
        var items = kind == Transport.Ndjson ? ReadLinesAsync(watched, cancellationToken) : ReadEventsAsync(watched, cancellationToken);
        await foreach (var item in items.ConfigureAwait(false)) yield return new Signal(new ItemReceived(item));
    }

    private static async IAsyncEnumerable<Item> ReadEventsAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var parser = SseParser.Create(body, static (_, data) => data.IsEmpty ? null : TryRead(data));
        await foreach (var told in parser.EnumerateAsync(cancellationToken).ConfigureAwait(false))
            if (told.Data is { } item) yield return item;
    }

    private static async IAsyncEnumerable<Item> ReadLinesAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(body, Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
            if (line.Length > 0 && TryRead(Encoding.UTF8.GetBytes(line)) is { } item) yield return item;
    }

    // Events other than items have no seq: they are not for this reader.
    private static Item? TryRead(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, KreweJson.Default.Item);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
