using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Krewe.Gateway.Connections;
using Krewe.Gateway.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Gateway.Tests.Api;

/// <summary>Whose failed login it is, behind a proxy and with headers that anybody can write.</summary>
public sealed class TrustedProxiesTests
{
    private static readonly IPAddress Proxy = IPAddress.Parse("127.0.0.2"), Inner = IPAddress.Parse("127.0.0.3"), Stranger = IPAddress.Parse("127.0.0.9");

    [Fact]
    public async Task Behind_a_trusted_proxy_each_client_is_counted_by_itself()
    {
        await using var gateway = await StartAsync("127.0.0.2");

        Assert.Equal(HttpStatusCode.Unauthorized, await LoginAsync(gateway, Proxy, "198.51.100.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await LoginAsync(gateway, Proxy, "198.51.100.1"));
        Assert.Equal(HttpStatusCode.Unauthorized, await LoginAsync(gateway, Proxy, "198.51.100.2"));
    }

    [Fact]
    public async Task What_the_client_wrote_itself_is_not_believed()
    {
        await using var gateway = await StartAsync("127.0.0.2");

        Assert.Equal(HttpStatusCode.Unauthorized, await LoginAsync(gateway, Proxy, "203.0.113.7, 198.51.100.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await LoginAsync(gateway, Proxy, "203.0.113.8, 198.51.100.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await LoginAsync(gateway, Proxy, "127.0.0.2, 198.51.100.1"));
    }

    [Fact]
    public async Task A_chain_of_trusted_proxies_is_followed_to_the_client()
    {
        await using var gateway = await StartAsync("127.0.0.2", "127.0.0.3/32");

        Assert.Equal(HttpStatusCode.Unauthorized, await LoginAsync(gateway, Proxy, "203.0.113.7, 198.51.100.1, 127.0.0.3"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await LoginAsync(gateway, Inner, "198.51.100.1"));
        Assert.Equal(HttpStatusCode.Unauthorized, await LoginAsync(gateway, Proxy, "198.51.100.2, 127.0.0.3"));
    }

    [Theory]
    [InlineData("127.0.0.2")]
    [InlineData(null)]
    public async Task From_a_stranger_the_headers_mean_nothing(string? trusted)
    {
        await using var gateway = await StartAsync(trusted is null ? [] : [trusted]);

        Assert.Equal(HttpStatusCode.Unauthorized, await LoginAsync(gateway, Stranger, "198.51.100.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await LoginAsync(gateway, Stranger, "198.51.100.2"));
        // Loopback is not trusted by itself.
        Assert.Equal(HttpStatusCode.Unauthorized, await LoginAsync(gateway, IPAddress.Loopback, "198.51.100.3"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await LoginAsync(gateway, IPAddress.Loopback, "198.51.100.4"));
    }

    [Fact]
    public async Task The_scheme_is_the_clients()
    {
        await using var gateway = await StartAsync("127.0.0.2");

        Assert.Contains("\"wss\"", await FramesAsync(gateway, Proxy), StringComparison.Ordinal);
        Assert.DoesNotContain("\"wss\"", await FramesAsync(gateway, Stranger), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.5", true)]
    [InlineData("10.0.0.0/24", true)]
    [InlineData("2001:db8::/32", true)]
    [InlineData("::1", true)]
    [InlineData("10.0.0.x/24", false)]
    [InlineData("10.0.0.0/33", false)]
    [InlineData("10", false)]
    [InlineData("proxy.example.org", false)]
    [InlineData("*", false)]
    [InlineData("", false)]
    public void A_proxy_is_named_by_address_or_network(string text, bool good) => Assert.Equal(good, TrustedProxies.Parse(text) is not null);

    private static Task<TestGateway> StartAsync(params string[] trusted) => TestGateway.StartAsync(
        new FakeTimeProvider(DateTimeOffset.UtcNow), limits => limits.LoginFailuresPerAddress = 1, http => Array.ForEach(trusted, http.TrustedProxies.Add));

    private static async Task<HttpStatusCode> LoginAsync(TestGateway gateway, IPAddress from, string forwardedFor)
    {
        using var client = Client(gateway, from);
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-For", forwardedFor);
        // No user of this server: the answer is the same as for a wrong password.
        using var answer = await client.PostAsJsonAsync("/v1/tokens", new { username = "romeo@elsewhere", password = "wrong" });
        return answer.StatusCode;
    }

    private static async Task<string> FramesAsync(TestGateway gateway, IPAddress from)
    {
        using var client = Client(gateway, from);
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-For", "198.51.100.1");
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-Proto", "https");
        return await client.GetStringAsync("/asyncapi/v1.json");
    }

    // All of 127.0.0.0/8 is this machine's.
    private static HttpClient Client(TestGateway gateway, IPAddress from) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(gateway.Address.Host, gateway.Address.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = gateway.Address, Timeout = TimeSpan.FromSeconds(30) };
}
