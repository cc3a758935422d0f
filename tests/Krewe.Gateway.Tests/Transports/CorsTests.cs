using Krewe.Gateway.Connections;
using Krewe.Gateway.Tests.Fakes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Krewe.Gateway.Tests.Transports;

public sealed class CorsTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080", "127.0.0.1:8080", true)]
    [InlineData("https://chat.example.org", "chat.example.org", true)]
    [InlineData("http://chat.example.org", "chat.example.org", true)]
    [InlineData("https://CHAT.example.org", "chat.example.org", true)]
    [InlineData("http://[::1]:8080", "[::1]:8080", true)]
    [InlineData("http://127.0.0.1:8081", "127.0.0.1:8080", false)]
    [InlineData("https://chat.example.org:444", "chat.example.org", false)]
    [InlineData("https://chat.example.org.evil.example", "chat.example.org", false)]
    [InlineData("https://friend.example", "chat.example.org", true)]
    [InlineData("http://friend.example", "chat.example.org", false)]
    [InlineData("null", "chat.example.org", false)]
    [InlineData("file://chat.example.org", "chat.example.org", false)]
    public void An_origin_is_the_servers_own_or_listed_or_refused(string origin, string host, bool allowed)
    {
        var policy = new OriginPolicy(Options.Create(Allowing("https://friend.example/")));
        var context = new DefaultHttpContext();
        context.Request.Host = new HostString(host);
        context.Request.Headers.Origin = origin;
        Assert.Equal(allowed, policy.Allows(context.Request));
    }

    [Fact]
    public async Task Listed_origins_may_use_the_api_and_others_may_not()
    {
        await using var gateway = await TestGateway.StartAsync(http: http => http.AllowedOrigins.Add("https://friend.example"));
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        foreach (var (origin, allowed) in new[] { ("https://friend.example", true), ("https://evil.example", false) })
        {
            using var preflight = new HttpRequestMessage(HttpMethod.Options, "/v1/mailbox");
            preflight.Headers.Add("Origin", origin);
            preflight.Headers.Add("Access-Control-Request-Method", "GET");
            preflight.Headers.Add("Access-Control-Request-Headers", "authorization");
            using var answer = await client.SendAsync(preflight);
            Assert.Equal(allowed, answer.Headers.Contains("Access-Control-Allow-Origin"));
            Assert.Equal(allowed ? 204 : 403, (int)answer.StatusCode);
            if (!allowed) Assert.Contains("\"member\":\"Origin\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            if (allowed) Assert.Contains("Authorization", answer.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.Ordinal);

            foreach (var address in new[] { "/v1/mailbox", "/v1/mailbox?after=x", "/v1/nothing" })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, address);
                request.Headers.Add("Origin", origin);
                using var page = await client.SendAsync(request);
                Assert.Equal(allowed ? [origin] : [], page.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values : []);
                Assert.False(page.Headers.Contains("Access-Control-Allow-Credentials"));
                if (allowed) Assert.Contains("Origin", page.Headers.Vary);
            }
        }
    }

    private static HttpOptions Allowing(string origin)
    {
        var options = new HttpOptions();
        options.AllowedOrigins.Add(origin);
        return options;
    }
}
