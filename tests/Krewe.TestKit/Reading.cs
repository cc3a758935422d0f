using Krewe.Client;

namespace Krewe.TestKit;

/// <summary>Reading in tests: a number of items, within a time, or a clear failure.</summary>
public static class Reading
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Reads items as they come, over WebSocket or what else works, until there are <paramref name="count"/>.</summary>
    /// <param name="client">Whose mailbox.</param>
    /// <param name="count">How many items to wait for.</param>
    /// <param name="after">The cursor: only items with a greater <c>seq</c>.</param>
    /// <param name="patience">How long it may take. Default: 30 s.</param>
    /// <param name="transports">What to read over. Default: all that the client knows.</param>
    /// <exception cref="TimeoutException">They did not come in time; the message says what did.</exception>
    public static async Task<IReadOnlyList<Item>> ReadAsync(
        this KreweClient client, int count, long after = 0, TimeSpan? patience = null, params Transport[] transports)
    {
        ArgumentNullException.ThrowIfNull(client);
        var options = new MailboxReaderOptions { After = after };
        if (transports is { Length: > 0 }) options.Transports = transports;
        var items = new List<Item>(count);
        using var timeout = new CancellationTokenSource(patience ?? Patience);
        try
        {
            await foreach (var item in client.CreateReader(options).WithCancellation(timeout.Token))
            {
                items.Add(item);
                if (items.Count == count) break;
            }
            return items;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            var last = items.Count == 0 ? "none" : $"the last is number {items[^1].Seq}, {items[^1].Kind} {items[^1].Id}";
            throw new TimeoutException($"{client.Address} got {items.Count} of {count} items within {patience ?? Patience}; {last}.");
        }
    }
}
