using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Krewe.Gateway.Tests.Hosting;

/// <summary>Somebody who uses the API over HTTP, signed in or not.</summary>
public sealed class Person(HttpClient http, string name)
{
    public const string Password = "correct horse";

    public string Name => name;

    public string Address => name + "@localhost";

    public string? Token { get; set; }

    /// <summary>Makes the account and signs in.</summary>
    public static async Task<Person> JoinAsync(HttpClient http, string name, string device = "phone")
    {
        var person = new Person(http, name + "-" + Guid.NewGuid().ToString("N")[..8]);
        var created = await person.PostAsync("/v1/accounts", new { username = person.Name, password = Password });
        Assert.Equal(HttpStatusCode.Created, created.Status);
        await person.SignInAsync(device);
        return person;
    }

    public async Task SignInAsync(string device)
    {
        var answer = await PostAsync("/v1/tokens", new { username = Name, password = Password, device });
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Token = answer.Text("token");
    }

    public Task<ApiAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<ApiAnswer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public Task<ApiAnswer> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body is null ? null : JsonContent.Create(body));

    public Task<ApiAnswer> PutAsync(string path, object? body = null) => SendAsync(HttpMethod.Put, path, body is null ? null : JsonContent.Create(body));

    /// <summary>Sends JSON as it stands.</summary>
    public Task<ApiAnswer> SendRawAsync(HttpMethod method, string path, string json) => SendAsync(method, path, new StringContent(json, Encoding.UTF8, "application/json"));

    public Task<ApiAnswer> SendRawAsync(HttpMethod method, string path, byte[] json, string type = "application/json") =>
        SendAsync(method, path, new ByteArrayContent(json) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } });

    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, HttpContent? content = null, Action<HttpRequestMessage>? change = null)
    {
        // As it stands: the client's own repair of bad escapes would hide what the server does with them.
        var address = new Uri(http.BaseAddress!.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(method, address) { Content = content };
        if (Token is not null) request.Headers.Authorization = new("Bearer", Token);
        change?.Invoke(request);
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new ApiAnswer(response.StatusCode, response.Headers, response.Content.Headers, text);
    }

    /// <summary>Sends a message and gives its answer.</summary>
    public Task<ApiAnswer> TellAsync(Person other, string body, string? id = null) => PostAsync("/v1/messages", new { to = other.Address, body, id });
}

/// <summary>What came back.</summary>
public sealed record ApiAnswer(HttpStatusCode Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, string Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string? Code => Text("code");

    public string? Member => Text("member");

    public string? Text(string member) => Body.Length > 0 && Json.TryGetProperty(member, out var value) ? value.GetString() : null;

    /// <summary>Fails unless it is a problem with this code, in every place where the contract says so.</summary>
    public ApiAnswer MustBe(int status, string code, string? member = null)
    {
        Assert.True((int)Status == status, $"{status} {code} expected, got {(int)Status}: {Body}");
        Assert.Equal("application/problem+json", ContentHeaders.ContentType?.ToString());
        Assert.Equal(code, Code);
        Assert.Equal(status, Json.GetProperty("status").GetInt32());
        Assert.Equal("urn:krewe:problem:" + code, Text("type"));
        Assert.NotEmpty(Text("title")!);
        Assert.NotEmpty(Text("detail")!);
        Assert.Equal(member, Member);
        if (status == 401) Assert.StartsWith("Bearer", Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        if (status is 429 or 503) Assert.True(Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        return this;
    }

    public ApiAnswer MustBe(int status)
    {
        Assert.True((int)Status == status, $"{status} expected, got {(int)Status}: {Body}");
        if (status == 204) Assert.Empty(Body);
        return this;
    }
}
