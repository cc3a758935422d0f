using Krewe.Client;
using Krewe.ProcessHarness;

namespace Krewe.EndToEnd.Tests.Transports;

/// <summary>A server in which Juliet has 10 000 messages, not all of them plain.</summary>
public sealed class FilledMailbox : IAsyncLifetime
{
    private const int Messages = 10_000;
    private readonly TemporaryFolder _data = new();

    public KreweProcess Server { get; private set; } = null!;

    /// <summary>Juliet's client.</summary>
    public KreweClient Client { get; private set; } = null!;

    /// <summary>What every transport must give.</summary>
    public IReadOnlyList<(long Seq, string? Body)> Items { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        Server = await KreweProcess.StartAsync(new() { DataPath = _data.Path });
        using var romeo = new KreweClient(Server.Http);
        Client = new KreweClient(Server.Http);
        await romeo.SignUpAsync("romeo", "wherefore");
        await romeo.SignInAsync("romeo", "wherefore");
        await Client.SignUpAsync("juliet", "wherefore");
        await Client.SignInAsync("juliet", "wherefore", "phone");
        await using var socket = await romeo.ConnectAsync();
        _ = DrainAsync(socket);
        foreach (var batch in Enumerable.Range(0, Messages).Chunk(200))
            await Task.WhenAll(batch.Select(n => socket.SendAsync(new OutgoingMessage("juliet") { Body = Body(n) })));
        var items = new List<(long, string?)>();
        for (var page = await Client.PollAsync(0, 500); page.Items.Count > 0; page = await Client.PollAsync(page.Next, 500))
            items.AddRange(page.Items.Select(item => (item.Seq, item.Body)));
        Assert.Equal(Enumerable.Range(0, Messages).Select(n => ((long)n + 1, (string?)Body(n))), items);
        Items = items;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        _data.Dispose();
    }

    /// <summary>Among the plain ones: what an encoder or an escaper could get wrong.</summary>
    private static string Body(int n) => (n % 10) switch
    {
        3 => $"{n} </script><!-- & \" ' \\ \u2028 \u2029",
        5 => $"{n}\r\n\r\ndata: not an event\n\nid: 7\n",
        7 => $"{n} 🎭 Verona – où? 東京 \u0301 \ufeff",
        9 => $"{n} {new string('x', n % 3000)}",
        _ => $"message {n}",
    };

    private static async Task DrainAsync(KreweSocket socket)
    {
        try
        {
            await foreach (var _ in socket.ReadAllAsync())
            {
            }
        }
        catch (IOException)
        {
            // The server stopped first.
        }
    }
}
