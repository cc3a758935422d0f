using System.Net;
using System.Net.Http.Headers;
using Krewe.ProcessHarness;

namespace Krewe.Server.Tests;

public sealed class AdminTests
{
    [Fact]
    public async Task Each_listener_serves_its_own_endpoints_only()
    {
        await using var server = await KreweProcess.StartAsync();
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        var token = new AuthenticationHeaderValue("Bearer", server.AdminToken);

        foreach (var path in new[] { "health/live", "health/ready", "metrics", "dashboard/", "login" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Http, path));
            request.Headers.Authorization = token;
            // The Host header of the other listener opens nothing.
            request.Headers.Host = server.Admin.Authority;
            Assert.Equal(HttpStatusCode.NotFound, (await http.SendAsync(request)).StatusCode);
        }
        foreach (var path in new[] { "v1/mailbox", "v1/tokens", "transports", "openapi/v1.json" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Admin, path));
            request.Headers.Authorization = token;
            request.Headers.Host = server.Http.Authority;
            Assert.Equal(HttpStatusCode.NotFound, (await http.SendAsync(request)).StatusCode);
        }
    }

    [Fact]
    public async Task The_dashboard_opens_with_the_token_only()
    {
        await using var server = await KreweProcess.StartAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await DashboardAsync(server, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await DashboardAsync(server, "Bearer wrong-wrong-wrong-wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, await DashboardAsync(server, $"Basic {server.AdminToken}"));
        Assert.Equal(HttpStatusCode.OK, await DashboardAsync(server, $"Bearer {server.AdminToken}"));
    }

    [Fact]
    public async Task A_refusal_is_a_problem_with_a_challenge()
    {
        await using var server = await KreweProcess.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Admin };

        using var answer = await http.GetAsync(new Uri("dashboard/", UriKind.Relative));
        using var form = new FormUrlEncodedContent([new("token", "wrong-wrong-wrong-wrong")]);
        using var login = await http.PostAsync(new Uri("login", UriKind.Relative), form);

        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("\"code\":\"unauthorized\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("Bearer", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (login.StatusCode, Assert.Single(login.Headers.WwwAuthenticate).Scheme));
    }

    [Fact]
    public async Task The_token_file_is_for_its_owner_alone()
    {
        await using var server = await KreweProcess.StartAsync();

        Assert.SkipWhen(OperatingSystem.IsWindows(), "File modes are Unix'.");
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(server.DataPath, "admin-token")));
        Assert.DoesNotContain(server.AdminToken, server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configured_token_wins_and_no_file_is_made()
    {
        await using var server = await KreweProcess.StartAsync(new KreweProcessOptions
        {
            Environment = new Dictionary<string, string> { ["Krewe__Admin__Token"] = "configured-by-the-operator" },
        });

        Assert.False(File.Exists(Path.Combine(server.DataPath, "admin-token")));
        Assert.Equal(HttpStatusCode.OK, await DashboardAsync(server, "Bearer configured-by-the-operator"));
    }

    [Fact]
    public async Task A_browser_signs_in_by_a_form_and_out_again()
    {
        await using var server = await KreweProcess.StartAsync();
        var handler = new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false };
        using var browser = new HttpClient(handler) { BaseAddress = server.Admin };
        browser.DefaultRequestHeaders.Accept.ParseAdd("text/html");

        Assert.Equal("/login", (await browser.GetAsync("dashboard/")).Headers.Location?.ToString());
        using var form = new FormUrlEncodedContent([new("token", server.AdminToken)]);
        var answer = await browser.PostAsync("login", form);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(server.AdminToken, cookie, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, await WithCookieAsync(browser, cookie.Split(';')[0]));
        Assert.Equal(HttpStatusCode.Redirect, await WithCookieAsync(browser, cookie.Split(';')[0] + "x"));
        Assert.Equal(HttpStatusCode.Redirect, await WithCookieAsync(browser, "krewe-admin=99999999999.AAAA"));
    }

    [Fact]
    public async Task Guessing_is_throttled()
    {
        await using var server = await KreweProcess.StartAsync();
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 25; i++)
            answers.Add(await DashboardAsync(server, $"Bearer guess-number-{i:00000}"));

        Assert.Equal(HttpStatusCode.Unauthorized, answers[0]);
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
    }

    [Fact]
    public async Task Metrics_have_the_parts_names_and_no_addresses()
    {
        await using var server = await KreweProcess.StartAsync();
        using var user = await TestUser.SignUpAsync(server, "romeo");
        await user.SendAsync("romeo", "hello");
        using var http = new HttpClient();

        var metrics = await http.GetStringAsync(new Uri(server.Admin, "metrics"));

        foreach (var name in new[] { "krewe_storage_", "krewe_streams_", "krewe_process_", "krewe_info", "orleans_", "http_server_request_duration", "kestrel_active_connections", "dotnet_process_cpu_time", "dotnet_gc_" })
            Assert.Contains("\n" + name, "\n" + metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("romeo", metrics, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> DashboardAsync(KreweProcess server, string? authorization)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Admin, "dashboard/"));
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> WithCookieAsync(HttpClient browser, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "dashboard/");
        request.Headers.Add("Cookie", cookie);
        using var answer = await browser.SendAsync(request);
        return answer.StatusCode;
    }
}
