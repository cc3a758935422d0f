using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Krewe.Client;
using Krewe.Deploy.Tests.Local;

namespace Krewe.Deploy.Tests.Proxies;

/// <summary>The shipped proxies' configurations over real gateways: every transport, nothing buffered, and who the client is.</summary>
[Collection(LocalClusterGroup.Name)]
public sealed class ProxyTests(LocalCluster cluster)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Transport[] Transports = [Transport.WebSocket, Transport.ServerSentEvents, Transport.Ndjson, Transport.LongPoll];

    [Fact]
    public async Task HAProxy_passes_every_transport()
    {
        await cluster.UpAsync();

        await ChatAsync(cluster.Clients);
        await TellsWhoTheClientIsAsync(cluster.Clients);
    }

    [Fact]
    public async Task Nginx_passes_every_transport()
    {
        Tool.Need("nginx");
        await cluster.UpAsync();
        await using var nginx = await Nginx.StartAsync(cluster);

        await ChatAsync(nginx.Address);
        await TellsWhoTheClientIsAsync(nginx.Address);
    }

    [Fact]
    public async Task Shipped_configurations_are_valid()
    {
        Tool.Need("haproxy");
        Tool.Need("nginx");
        (await Tool.RunAsync("haproxy", ["-c", "-q", "-f", Tool.File("deploy", "haproxy", "haproxy.cfg")])).Good();
    }

    /// <summary>One message after the other, each waited for: a proxy that buffers would hold it back until the next.</summary>
    private async Task ChatAsync(Uri proxy)
    {
        using var romeo = await cluster.SignUpAsync(proxy);
        using var juliet = await cluster.SignUpAsync(proxy);
        var reader = juliet.CreateReader(new MailboxReaderOptions { Transports = Transports, LongPollWait = TimeSpan.FromSeconds(20) });
        reader.SwitchTo(Transports[0]);
        var mail = reader.GetAsyncEnumerator();
        foreach (var transport in Transports)
        {
            reader.SwitchTo(transport);
            for (var n = 1; n <= 3; n++)
            {
                await romeo.SendAsync(juliet.Address, $"{transport} {n}");
                Assert.True(await mail.MoveNextAsync().AsTask().WaitAsync(Patience), $"{transport} ended.");
                Assert.Equal($"{transport} {n}", mail.Current.Body);
                Assert.Equal(transport, reader.Transport);
            }
        }
        await mail.DisposeAsync();
    }

    /// <summary>A client that says that it is somebody else is itself all the same; only the proxy's word counts.</summary>
    private async Task TellsWhoTheClientIsAsync(Uri proxy)
    {
        // Straight to a gateway from an address that is trusted: this is what a proxy's word does there.
        for (var gateway = 1; gateway <= 2; gateway++)
            Assert.Equal(HttpStatusCode.TooManyRequests, await FailAsync(cluster.Gateway(gateway), "198.51.100.77", 101));

        // Through the proxy the same header is overwritten: the failures of 198.51.100.77 are not held against this client.
        Assert.Equal(HttpStatusCode.Unauthorized, await FailAsync(proxy, "198.51.100.77", 2));
    }

    private static async Task<HttpStatusCode> FailAsync(Uri address, string forwardedFor, int times)
    {
        using var http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Add("X-Forwarded-For", forwardedFor);
        var tries = Enumerable.Range(0, times).Select(async n =>
        {
            using var answer = await http.PostAsJsonAsync("v1/tokens", new { username = string.Create(CultureInfo.InvariantCulture, $"nobody{n}@elsewhere"), password = "wrong" });
            return answer.StatusCode;
        });
        return (await Task.WhenAll(tries)).Max();
    }
}
