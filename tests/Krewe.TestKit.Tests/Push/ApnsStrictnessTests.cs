using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Krewe.TestKit.Push;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.TestKit.Tests.Push;

public sealed class ApnsStrictnessTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero));
    private readonly string _token = FakeApns.NewToken();
    private FakeApns _apns = null!;
    private HttpClient _http = null!;
    private ECDsa _key = null!;

    public async ValueTask InitializeAsync()
    {
        _apns = await FakeApns.StartAsync(new FakeApnsOptions { Tls = true, Time = _time });
        _http = PushHttp.ClientOf(_apns);
        var file = Path.GetTempFileName();
        await _apns.WriteKeyAsync(file);
        _key = ECDsa.Create();
        _key.ImportFromPem(await File.ReadAllTextAsync(file));
        File.Delete(file);
    }

    public async ValueTask DisposeAsync()
    {
        _key.Dispose();
        _http.Dispose();
        await _apns.DisposeAsync();
    }

    [Fact]
    public async Task A_notification_that_breaks_no_rule_is_taken_over_HTTP_2()
    {
        Assert.Equal((HttpStatusCode.OK, null), await SendAsync());
        Assert.Equal("HTTP/2", Assert.Single(_apns.Taken).Protocol);
    }

    [Theory]
    [InlineData("apns-topic", null, "MissingTopic")]
    [InlineData("apns-topic", "org.example.other", "TopicDisallowed")]
    [InlineData("apns-push-type", null, "InvalidPushType")]
    [InlineData("apns-push-type", "shout", "InvalidPushType")]
    [InlineData("apns-push-type", "background", "BadPriority")]
    [InlineData("apns-priority", "7", "BadPriority")]
    [InlineData("apns-expiration", "tomorrow", "BadExpirationDate")]
    [InlineData("apns-collapse-id", "12345678901234567890123456789012345678901234567890123456789012345", "BadCollapseId")]
    [InlineData("apns-id", "7", "BadMessageId")]
    [InlineData("authorization", null, "MissingProviderToken")]
    [InlineData("authorization", "bearer x.y.z", "InvalidProviderToken")]
    public async Task A_bad_header_is_refused_by_name(string header, string? value, string reason) =>
        Assert.Equal(reason, (await SendAsync(change: headers => headers[header] = value)).Reason);

    [Theory]
    [InlineData("", "MissingDeviceToken")]
    [InlineData("abc", "BadDeviceToken")]
    [InlineData("zz00000000000000000000000000000000000000000000000000000000000000", "BadDeviceToken")]
    public async Task A_bad_device_token_is_refused(string token, string reason) => Assert.Equal((HttpStatusCode.BadRequest, reason), await SendAsync(token: token));

    [Fact]
    public async Task The_payload_has_a_bound_and_is_an_object()
    {
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "PayloadTooLarge"), await SendAsync(payload: $"{{\"aps\":{{\"alert\":\"{new string('x', 4096)}\"}}}}"));
        foreach (var payload in new[] { "", "{}", "[]", "{" }) Assert.Equal((HttpStatusCode.BadRequest, "PayloadEmpty"), await SendAsync(payload: payload));
    }

    [Fact]
    public async Task Only_its_one_path_and_method_exist()
    {
        using var get = new HttpRequestMessage(HttpMethod.Get, $"3/device/{_token}") { Version = HttpVersion.Version20 };
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _http.SendAsync(get)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.PostAsync("4/device/x", null)).StatusCode);
    }

    [Fact]
    public async Task A_provider_token_lives_an_hour_and_changes_no_more_than_every_20_minutes()
    {
        var first = ProviderToken();
        Assert.Null((await SendAsync(first)).Reason);
        _time.Advance(TimeSpan.FromMinutes(19));
        Assert.Equal((HttpStatusCode.TooManyRequests, "TooManyProviderTokenUpdates"), await SendAsync(ProviderToken()));
        Assert.Null((await SendAsync(first)).Reason);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null((await SendAsync(ProviderToken())).Reason);
        _time.Advance(TimeSpan.FromMinutes(41));
        Assert.Equal((HttpStatusCode.Forbidden, "ExpiredProviderToken"), await SendAsync(first));
        Assert.Equal(2, _apns.ProviderTokensSeen);
    }

    [Fact]
    public async Task A_provider_token_is_this_keys_and_this_teams()
    {
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        foreach (var token in new[] { ProviderToken(foreign), ProviderToken(team: "SOMEBODY"), ProviderToken(keyId: "OTHER") })
            Assert.Equal((HttpStatusCode.Forbidden, "InvalidProviderToken"), await SendAsync(token));
        _apns.RevokeKey();
        Assert.Equal((HttpStatusCode.Forbidden, "InvalidProviderToken"), await SendAsync());
    }

    [Fact]
    public void Every_reason_of_the_service_can_be_scripted() => Assert.All(ApnsReplies.Reasons, reason => Assert.Equal(reason, ApnsReplies.Of(reason).Reason));

    private string ProviderToken(ECDsa? key = null, string? team = null, string? keyId = null)
    {
        var signed = $"{Part(new { alg = "ES256", kid = keyId ?? _apns.KeyId })}.{Part(new { iss = team ?? _apns.TeamId, iat = _time.GetUtcNow().ToUnixTimeSeconds() })}";
        return $"{signed}.{Base64Url.EncodeToString((key ?? _key).SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    private static string Part(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));

    private async Task<(HttpStatusCode Status, string? Reason)> SendAsync(
        string? providerToken = null, string? token = null, string payload = """{"aps":{"alert":"hello"}}""", Action<Dictionary<string, string?>>? change = null)
    {
        var headers = new Dictionary<string, string?>
        {
            ["authorization"] = $"bearer {providerToken ?? ProviderToken()}",
            ["apns-topic"] = _apns.Topic,
            ["apns-push-type"] = "alert",
        };
        change?.Invoke(headers);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"3/device/{token ?? _token}") { Version = HttpVersion.Version20, Content = new StringContent(payload) };
        foreach (var (name, value) in headers)
            if (value is not null) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await _http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.Headers.Contains("apns-id"));
        return (answer.StatusCode, body.Length == 0 ? null : JsonSerializer.Deserialize<JsonElement>(body).GetProperty("reason").GetString());
    }
}
