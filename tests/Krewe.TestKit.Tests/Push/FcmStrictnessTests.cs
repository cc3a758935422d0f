using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Krewe.TestKit.Push;

namespace Krewe.TestKit.Tests.Push;

public sealed class FcmStrictnessTests : IAsyncLifetime
{
    private const string Scope = "https://www.googleapis.com/auth/firebase.messaging";
    private FakeFcm _fcm = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _fcm = await FakeFcm.StartAsync();
        _http = PushHttp.ClientOf(_fcm);
        var (status, json) = await AskForTokenAsync(Assertion());
        Assert.Equal(HttpStatusCode.OK, status);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", json.GetProperty("access_token").GetString());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _fcm.DisposeAsync();
    }

    public static TheoryData<string, string> Refused => new()
    {
        { """{"message":{"token":"t","colour":"red"}}""", "message" },
        { """{"message":{"token":"t","android":{"notification":{"chanel_id":"x"}}}}""", "message.android.notification" },
        { """{"mesage":{"token":"t"}}""", "" },
        { """{"message":{"token":"t","data":{"n":1}}}""", "message.data[0].value" },
        { """{"message":{"token":"t","data":{"a":"b","from":"x"}}}""", "message.data[1].key" },
        { """{"message":{"token":"t","data":{"google.x":"x"}}}""", "message.data[0].key" },
        { """{"message":{"token":"t","data":{"message_type":"x"}}}""", "message.data[0].key" },
        { """{"message":{"token":"t","android":{"data":{"gcm.notification.x":"x"}}}}""", "message.android.data[0].key" },
        { """{"message":{"data":{"a":"b"}}}""", "message" },
        { """{"message":{"token":"t","topic":"news"}}""", "message" },
        { """{"message":{"topic":"/topics/news"}}""", "message.topic" },
        { """{"message":{"token":"t","android":{"ttl":"3600"}}}""", "message.android.ttl" },
        { """{"message":{"token":"t","android":{"ttl":3600}}}""", "message.android.ttl" },
        { """{"message":{"token":"t","android":{"ttl":"2419201s"}}}""", "message.android.ttl" },
        { """{"message":{"token":"t","android":{"priority":"URGENT"}}}""", "message.android.priority" },
        { """{"message":{"token":"t","android":{"notification":{"color":"red"}}}}""", "message.android.notification.color" },
        { """{"message":{"token":"t","android":{"collapse_key":"a","collapseKey":"b"}}}""", "message.android" },
        { """{"message":{"token":"t","apns":{"payload":{"alert":"x"}}}}""", "message.apns.payload" },
        { """{"message":{"token":"t","apns":{"headers":{"apns-priority":"9"}}}}""", "message.apns.headers.apns-priority" },
        { """{"message":{"token":"t","webpush":{"headers":{"Urgency":"HIGH"}}}}""", "message.webpush.headers.Urgency" },
        { """{"message":{"token":"t","webpush":{"fcm_options":{"link":"http://example.org"}}}}""", "message.webpush.fcm_options.link" },
        { Long("{'message':{'token':'t','data':{'a':'…'}}}", 4096), "message.android" },
        { Long("{'message':{'token':'t','apns':{'payload':{'aps':{'alert':'…'}}}}}", 4096), "message.apns" },
        { Long("{'message':{'topic':'t','data':{'a':'…'}}}", 2048), "message.android" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_message_that_breaks_a_rule_is_refused_with_the_field_that_does(string request, string field)
    {
        var (status, json) = await SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        var error = json.GetProperty("error");
        Assert.Equal("INVALID_ARGUMENT", error.GetProperty("status").GetString());
        var violations = error.GetProperty("details").EnumerateArray().Single(detail => detail.GetProperty("@type").GetString() == "type.googleapis.com/google.rpc.BadRequest");
        Assert.Contains(field, violations.GetProperty("fieldViolations").EnumerateArray().Select(violation => violation.GetProperty("field").GetString()));
        Assert.Empty(_fcm.Taken);
    }

    [Theory]
    [InlineData("""{"message":{"token":"dGVzdA:APA91b-x_y","data":{"a":"b"},"android":{"priority":"HIGH","ttl":"3600.5s"}}}""")]
    [InlineData("""{"validateOnly":false,"message":{"topic":"news","fcmOptions":{"analyticsLabel":"x"},"android":{"collapseKey":"k","notification":{"notificationCount":3}}}}""")]
    [InlineData("""{"message":{"condition":"'a' in topics","webpush":{"headers":{"TTL":"60"},"notification":{"title":"x"}},"notification":null}}""")]
    public async Task A_message_that_breaks_none_is_taken(string request)
    {
        var (status, json) = await SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.StartsWith($"projects/{_fcm.ProjectId}/messages/", json.GetProperty("name").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_is_only_to_be_checked_is_not_taken()
    {
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("""{"validate_only":true,"message":{"token":"t"}}""")).Status);
        Assert.True(Assert.Single(_fcm.Requests).ValidateOnly);
        Assert.Empty(_fcm.Taken);
    }

    [Theory]
    [InlineData("no such token!", 400, "INVALID_ARGUMENT")]
    [InlineData("known", 200, null)]
    public async Task A_token_that_is_none_is_refused_without_a_field(string token, int status, string? code)
    {
        var (actual, json) = await SendAsync(JsonSerializer.Serialize(new { message = new { token } }));
        Assert.Equal(status, (int)actual);
        if (code is not null) Assert.Equal(code, Assert.Single(json.GetProperty("error").GetProperty("details").EnumerateArray()).GetProperty("errorCode").GetString());
    }

    [Fact]
    public async Task Without_a_good_access_token_nothing_else_is_looked_at()
    {
        _fcm.RevokeAccessTokens();
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("{}")).Status);
        _http.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("{}")).Status);
    }

    [Fact]
    public async Task Another_project_is_refused()
    {
        var answer = await _http.PostAsync("v1/projects/another/messages:send", Json("""{"message":{"token":"t"}}"""));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.PostAsync("fcm/send", Json("{}"))).StatusCode);
    }

    [Fact]
    public async Task The_token_endpoint_takes_no_assertion_but_a_good_one()
    {
        using var foreign = RSA.Create(2048);
        var now = TimeProvider.System.GetUtcNow();
        string[] bad =
        [
            "x.y.z",
            Assertion(key: foreign),
            Assertion(audience: "https://example.org/token"),
            Assertion(scope: "https://www.googleapis.com/auth/drive"),
            Assertion(issuer: "nobody@example.org"),
            Assertion(issued: now.AddHours(-3)),
            Assertion(lifetime: TimeSpan.FromHours(2)),
        ];
        foreach (var assertion in bad)
        {
            var (status, json) = await AskForTokenAsync(assertion);
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.StartsWith("invalid_", json.GetProperty("error").GetString(), StringComparison.Ordinal);
        }
        _fcm.Revoke(_fcm.Account);
        Assert.Equal(HttpStatusCode.BadRequest, (await AskForTokenAsync(Assertion())).Status);
    }

    private string Assertion(RSA? key = null, string? issuer = null, string? audience = null, string scope = Scope, DateTimeOffset? issued = null, TimeSpan? lifetime = null)
    {
        var account = JsonSerializer.Deserialize<JsonElement>(_fcm.Account.ToJson());
        using var own = RSA.Create();
        own.ImportFromPem(account.GetProperty("private_key").GetString());
        var from = issued ?? TimeProvider.System.GetUtcNow();
        var claims = new
        {
            iss = issuer ?? _fcm.Account.ClientEmail,
            scope,
            aud = audience ?? account.GetProperty("token_uri").GetString(),
            iat = from.ToUnixTimeSeconds(),
            exp = (from + (lifetime ?? TimeSpan.FromHours(1))).ToUnixTimeSeconds(),
        };
        var signed = $"{Part(new { alg = "RS256", typ = "JWT", kid = _fcm.Account.KeyId })}.{Part(claims)}";
        return $"{signed}.{Base64Url.EncodeToString((key ?? own).SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static string Long(string json, int bytes) => json.Replace('\'', '"').Replace("…", new string('x', bytes), StringComparison.Ordinal);

    private static string Part(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));

    private async Task<(HttpStatusCode Status, JsonElement Json)> AskForTokenAsync(string assertion)
    {
        using var form = new FormUrlEncodedContent([new("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), new("assertion", assertion)]);
        return await ReadAsync(await _http.PostAsync("token", form));
    }

    private async Task<(HttpStatusCode Status, JsonElement Json)> SendAsync(string request) =>
        await ReadAsync(await _http.PostAsync($"v1/projects/{_fcm.ProjectId}/messages:send", Json(request)));

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task<(HttpStatusCode, JsonElement)> ReadAsync(HttpResponseMessage answer) =>
        (answer.StatusCode, JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()));
}
