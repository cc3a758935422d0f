using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Krewe.Gateway.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Krewe.Gateway.Tests.Web;

public sealed partial class WebPagesTests : IAsyncLifetime
{
    private readonly WebApplication _app;
    private readonly HttpClient _client = new();

    public WebPagesTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        new WebPages().Map(_app);
    }

    public async ValueTask InitializeAsync()
    {
        await _app.StartAsync();
        _client.BaseAddress = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("/", "text/html; charset=utf-8")]
    [InlineData("/transports", "text/html; charset=utf-8")]
    [InlineData("/assets/chat/main.js", "text/javascript; charset=utf-8")]
    [InlineData("/assets/shared/base.css", "text/css; charset=utf-8")]
    [InlineData("/assets/shared/icon.svg", "image/svg+xml")]
    public async Task Every_file_has_its_type_and_a_policy(string path, string type)
    {
        using var response = await _client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType?.ToString());
        Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
        Assert.Equal("no-referrer", Header(response, "Referrer-Policy"));
        Assert.Equal("no-cache", Header(response, "Cache-Control"));
        var policy = Header(response, "Content-Security-Policy");
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains($"connect-src 'self' ws://{_client.BaseAddress!.Authority} wss://{_client.BaseAddress.Authority};", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_has_not_changed_is_answered_with_304()
    {
        using var first = await _client.GetAsync("/");
        var tag = first.Headers.ETag!;
        Assert.False(tag.IsWeak);

        using var again = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { IfNoneMatch = { tag } } };
        using var unchanged = await _client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Equal(tag, unchanged.Headers.ETag);
        Assert.Empty(await unchanged.Content.ReadAsByteArrayAsync());

        using var other = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { IfNoneMatch = { new EntityTagHeaderValue("\"other\"") } } };
        using var changed = await _client.SendAsync(other);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Fact]
    public async Task Head_has_the_headers_alone()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "/");
        using var response = await _client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotNull(response.Headers.ETag);
        Assert.True(response.Content.Headers.ContentLength > 0);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/assets/chat.html")]
    [InlineData("/assets/../Krewe.Gateway.dll")]
    [InlineData("/assets/chat/")]
    [InlineData("/assets/chat/missing.js")]
    public async Task What_is_no_file_of_the_pages_is_not_found(string path)
    {
        using var response = await _client.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task The_pages_are_read_and_not_written()
    {
        using var response = await _client.PostAsync("/", null);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Fact]
    public async Task Whatever_a_file_refers_to_is_served_from_here()
    {
        var seen = new HashSet<string>();
        var todo = new Queue<string>(["/", "/transports"]);
        while (todo.TryDequeue(out var path))
        {
            if (!seen.Add(path)) continue;
            using var response = await _client.GetAsync(path);
            Assert.True(response.IsSuccessStatusCode, $"{path} answers {response.StatusCode}.");
            if (path.EndsWith(".svg", StringComparison.Ordinal)) continue;
            var text = await response.Content.ReadAsStringAsync();
            Assert.DoesNotMatch(External(), text);
            Assert.DoesNotContain("innerHTML", text, StringComparison.Ordinal);
            foreach (Match match in References().Matches(text))
                todo.Enqueue(new Uri(new Uri(_client.BaseAddress!, path), match.Groups["path"].Value).AbsolutePath);
        }
        Assert.Equal(WebAsset.LoadAll(typeof(WebAsset).Assembly).Count, seen.Count);
    }

    private static string Header(HttpResponseMessage response, string name) => string.Join(", ", response.Headers.GetValues(name));

    /// <summary>Imports of modules, and <c>src</c> and <c>href</c> of files.</summary>
    [GeneratedRegex("""(?:from |import )'(?<path>\.[^']+)'|(?:src|href)="(?<path>/assets/[^"]+)""")]
    private static partial Regex References();

    [GeneratedRegex("""(?:src|href)="https?:|@import|url\(""")]
    private static partial Regex External();
}
