using System.Net;
using System.Text.Json;
using Krewe.TestKit.Push;

namespace Krewe.TestKit.Tests.Push;

public sealed class MiPushStrictnessTests : IAsyncLifetime
{
    private FakeMiPush _mi = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _mi = await FakeMiPush.StartAsync(new FakeMiPushOptions { Tls = true });
        _http = PushHttp.ClientOf(_mi);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _mi.DisposeAsync();
    }

    [Theory]
    [InlineData("registration_id", null, 10016)]
    [InlineData("registration_id", "a,,b", 10017)]
    [InlineData("restricted_package_name", null, 10016)]
    [InlineData("restricted_package_name", "org.example.other", 22022)]
    [InlineData("title", null, 10016)]
    [InlineData("title", "12345678901234567890123456789012345678901234567890", 10017)]
    [InlineData("description", null, 10016)]
    [InlineData("pass_through", "2", 10017)]
    [InlineData("notify_type", "8", 10017)]
    [InlineData("notify_id", "4294967296", 10017)]
    [InlineData("time_to_live", "1209600001", 10017)]
    [InlineData("time_to_live", "1h", 10017)]
    [InlineData("colour", "red", 10017)]
    [InlineData("title", "1234567890123456789012345678901234567890123456789", 0)]
    public async Task Each_field_has_its_bounds(string field, string? value, int code) => Assert.Equal(code, await SendAsync(form => form[field] = value));

    [Fact]
    public async Task Long_texts_are_refused()
    {
        Assert.Equal(10017, await SendAsync(form => form["description"] = new string('x', 128)));
        Assert.Equal(10018, await SendAsync(form => form["payload"] = new string('x', 4097)));
        Assert.Equal(10017, await SendAsync(form => form["extra.note"] = new string('x', 1024)));
        Assert.Empty(_mi.Taken);
    }

    [Fact]
    public async Task A_pass_through_message_needs_a_payload_and_no_title()
    {
        Assert.Equal(10016, await SendAsync(form => (form["pass_through"], form["title"], form["description"]) = ("1", null, null)));
        Assert.Equal(0, await SendAsync(form => (form["pass_through"], form["title"], form["description"], form["payload"]) = ("1", null, null, "x")));
        Assert.Equal("HTTP/2", Assert.Single(_mi.Taken).Protocol);
    }

    [Fact]
    public async Task A_secret_that_was_renewed_is_refused()
    {
        var old = _mi.RenewSecret();
        Assert.Equal(21301, await SendAsync(_ => { }, secret: old));
        Assert.Equal(0, await SendAsync(_ => { }));
    }

    private async Task<int> SendAsync(Action<Dictionary<string, string?>> change, string? secret = null)
    {
        var form = new Dictionary<string, string?>
        {
            ["registration_id"] = "regid", ["restricted_package_name"] = _mi.PackageName, ["title"] = "Romeo", ["description"] = "But soft!",
        };
        change(form);
        using var request = new HttpRequestMessage(HttpMethod.Post, "v3/message/regid")
        {
            Version = HttpVersion.Version20,
            Content = new FormUrlEncodedContent(form.Where(field => field.Value is not null).Select(field => KeyValuePair.Create(field.Key, field.Value!))),
        };
        request.Headers.TryAddWithoutValidation("Authorization", $"key={secret ?? _mi.AppSecret}");
        using var answer = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var json = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
        var code = json.GetProperty("code").GetInt32();
        Assert.Equal(code == 0 ? "ok" : "error", json.GetProperty("result").GetString());
        return code;
    }
}
