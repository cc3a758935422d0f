using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Krewe.ProcessHarness;

namespace Krewe.Server.Tests.Admin;

/// <summary>A server process and its operator, for one class of tests.</summary>
public sealed class AdminServer : IAsyncLifetime
{
    private HttpClient _http = null!;

    public KreweProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Process = await KreweProcess.StartAsync();
        _http = new HttpClient { BaseAddress = new Uri(Process.Admin, "admin/v1/"), Timeout = TimeSpan.FromMinutes(2) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Process.AdminToken);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Process.DisposeAsync();
    }

    public async Task<JsonObject> GetAsync(string path) => await AnswerAsync(HttpMethod.Get, path, null, HttpStatusCode.OK);

    public Task<JsonObject> PostAsync(string path, object? body = null, HttpStatusCode expected = HttpStatusCode.OK) =>
        AnswerAsync(HttpMethod.Post, path, body, expected);

    public Task DoAsync(HttpMethod method, string path, object? body = null) => AnswerAsync(method, path, body, HttpStatusCode.NoContent);

    /// <summary>The call is refused; gives the member that is at fault.</summary>
    public async Task<string?> RefusedAsync(HttpMethod method, string path, object? body, HttpStatusCode expected, string code)
    {
        var problem = await AnswerAsync(method, path, body, expected);
        Assert.Equal(code, (string?)problem["code"]);
        Assert.NotEmpty((string)problem["detail"]!);
        return (string?)problem["member"];
    }

    private async Task<JsonObject> AnswerAsync(HttpMethod method, string path, object? body, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : body as HttpContent ?? JsonContent.Create(body) };
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected == answer.StatusCode, $"{method} {path} is answered with {(int)answer.StatusCode}: {text}");
        return text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject();
    }
}
