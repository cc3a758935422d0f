using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Krewe.ProcessHarness;

namespace Krewe.Server.Tests;

/// <summary>An account on a running server.</summary>
internal sealed class TestUser : IDisposable
{
    private readonly HttpClient _http;

    private TestUser(HttpClient http, string address, string token) => (_http, Address, Token) = (http, address, token);

    public string Address { get; }

    public string Token { get; }

    public static async Task<TestUser> SignUpAsync(KreweProcess server, string name, string password = "a password of some length")
    {
        var http = new HttpClient { BaseAddress = server.Http };
        (await http.PostAsJsonAsync("v1/accounts", new { username = name, password })).EnsureSuccessStatusCode();
        var answer = await http.PostAsJsonAsync("v1/tokens", new { username = name, password, device = "test" });
        answer.EnsureSuccessStatusCode();
        var json = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        var token = (string)json["token"]!;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new TestUser(http, (string)json["address"]!, token);
    }

    public async Task SendAsync(string to, string body) =>
        (await _http.PostAsJsonAsync("v1/messages", new { to, body })).EnsureSuccessStatusCode();

    public async Task<HttpStatusCode> SendStatusAsync(string to, string body)
    {
        using var answer = await _http.PostAsJsonAsync("v1/messages", new { to, body });
        return answer.StatusCode;
    }

    public async Task<HttpStatusCode> AckAsync(long seq, bool read)
    {
        using var answer = await _http.PostAsJsonAsync("v1/mailbox/ack", new { seq, read });
        return answer.StatusCode;
    }

    public async Task<HttpStatusCode> PutPushAsync(object registration, string device = "test")
    {
        using var answer = await _http.PutAsJsonAsync($"v1/devices/{device}/push", registration);
        return answer.StatusCode;
    }

    /// <summary>The member that the server finds fault with; null if it takes the registration.</summary>
    public async Task<string?> PutPushFaultAsync(object registration)
    {
        using var answer = await _http.PutAsJsonAsync("v1/devices/test/push", registration);
        return answer.StatusCode == HttpStatusCode.NoContent ? null : (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["member"];
    }

    public Task<string> MailboxAsync() => _http.GetStringAsync("v1/mailbox?after=0");

    public void Dispose() => _http.Dispose();
}
