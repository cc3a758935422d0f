using System.Threading.Channels;
using Krewe.Client;

namespace Krewe.EndToEnd.Tests.Cluster;

/// <summary>Somebody on a socket who sees the presence of a contact.</summary>
public sealed class Watcher : IAsyncDisposable
{
    private readonly Channel<PresenceChanged> _seen = Channel.CreateUnbounded<PresenceChanged>();
    private readonly CancellationTokenSource _end = new();
    private readonly KreweClient _client;
    private readonly Task _reading;

    private Watcher(KreweClient client)
    {
        _client = client;
        var reader = client.CreateReader(new MailboxReaderOptions { Transports = [Transport.WebSocket] });
        reader.Told += told =>
        {
            if (told is PresenceChanged change) _seen.Writer.TryWrite(change);
        };
        _reading = Task.Run(async () =>
        {
            await foreach (var item in reader.WithCancellation(_end.Token))
            {
                // Only the presence counts.
            }
        }, CancellationToken.None);
    }

    /// <summary>From when on the contact is seen as available.</summary>
    public static async Task<Watcher> WatchAsync(KreweClient client, KreweClient contact)
    {
        var watcher = new Watcher(client);
        await client.AddContactAsync(contact.Address);
        await contact.ApproveContactAsync(client.Address);
        await watcher.SeesAsync(contact.Address, "available");
        return watcher;
    }

    public async Task SeesAsync(string address, string show)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            while (true)
            {
                var change = await _seen.Reader.ReadAsync(patience.Token);
                if (change.From == address && change.Presence.Show == show) return;
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_client.Address} did not see {address} as {show} within a minute.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }
}
