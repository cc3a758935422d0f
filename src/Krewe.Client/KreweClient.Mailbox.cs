using System.Globalization;

namespace Krewe.Client;

public sealed partial class KreweClient
{
    /// <summary>Sends a message; tries again under the same id until it is durable, refused or <see cref="KreweClientOptions.SendTimeout"/> is over.</summary>
    public Task<Sent> SendAsync(OutgoingMessage message, CancellationToken cancellationToken = default)
    {
        _api.RequireToken();
        var final = message.Id is null ? message with { Id = Guid.CreateVersion7().ToString("N") } : message;
        return SendLoop.RunAsync(
            token => _api.SendAsync(
                Api.Request(HttpMethod.Post, "/v1/messages", final, KreweJson.Default.OutgoingMessage), KreweJson.Default.Sent, token),
            _api.Options,
            cancellationToken);
    }

    /// <summary>Sends a text.</summary>
    public Task<Sent> SendAsync(string to, string body, CancellationToken cancellationToken = default) =>
        SendAsync(new OutgoingMessage(to) { Body = body }, cancellationToken);

    /// <summary>What comes after a cursor, at once.</summary>
    /// <param name="limit">1 to 500.</param>
    public Task<ItemPage> PollAsync(long after, int limit = 100, CancellationToken cancellationToken = default)
    {
        _api.RequireToken();
        return _api.SendAsync(
            Api.Request(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"/v1/mailbox?after={after}&limit={limit}")),
            KreweJson.Default.ItemPage, cancellationToken);
    }

    /// <summary>This device has dealt with everything up to <paramref name="seq"/>; the senders get receipts.</summary>
    /// <param name="read">A person has seen it.</param>
    public async Task AckAsync(long seq, bool read = false, CancellationToken cancellationToken = default)
    {
        _api.RequireToken();
        (await _api.SendAsync(Api.Request(HttpMethod.Post, "/v1/mailbox/ack", new Ack(seq, read), KreweJson.Default.Ack), cancellationToken)
            .ConfigureAwait(false)).Dispose();
    }

    /// <summary>The messages exchanged with one peer, newest first.</summary>
    /// <param name="before">Only items with a lower <c>seq</c>; null: from the newest.</param>
    public Task<HistoryPage> GetHistoryAsync(string peer, long? before = null, int limit = 100, CancellationToken cancellationToken = default)
    {
        _api.RequireToken();
        var query = string.Create(CultureInfo.InvariantCulture, $"?limit={limit}") + (before is { } b ? string.Create(CultureInfo.InvariantCulture, $"&before={b}") : "");
        return _api.SendAsync(Api.Request(HttpMethod.Get, $"/v1/history/{Uri.EscapeDataString(peer)}{query}"), KreweJson.Default.HistoryPage, cancellationToken);
    }
}
