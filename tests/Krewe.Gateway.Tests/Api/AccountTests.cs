using Krewe.Gateway.Tests.Hosting;

namespace Krewe.Gateway.Tests.Api;

/// <summary>Making accounts, signing in and out, and what a token opens.</summary>
[Collection(SharedGatewayGroup.Name)]
public sealed class AccountTests(SharedGateway gateway)
{
    [Fact]
    public async Task A_name_is_lower_cased_taken_once_and_gone_for_ever()
    {
        var name = "Tybalt-" + Guid.NewGuid().ToString("N");
        var stranger = gateway.Stranger();
        Assert.Equal($$"""{"address":"{{name.ToLowerInvariant()}}@localhost"}""", (await stranger.PostAsync("/v1/accounts", new { username = name, password = "x" })).MustBe(201).Body);
        (await stranger.PostAsync("/v1/accounts", new { username = name.ToUpperInvariant(), password = "y" })).MustBe(409, "account-exists", "username");
        stranger.Token = (await stranger.PostAsync("/v1/tokens", new { username = name + "@localhost", password = "x" })).MustBe(200).Text("token");
        (await stranger.DeleteAsync("/v1/accounts/me")).MustBe(204);
        (await stranger.GetAsync("/v1/contacts")).MustBe(401, "unauthorized", "Authorization");
        stranger.Token = null;
        (await stranger.PostAsync("/v1/accounts", new { username = name, password = "x" })).MustBe(409, "account-exists", "username");
        (await stranger.PostAsync("/v1/tokens", new { username = name, password = "x" })).MustBe(401, "bad-credentials");
    }

    [Fact]
    public async Task A_token_names_its_device_and_its_end()
    {
        var romeo = await gateway.JoinAsync("romeo");
        var answer = (await romeo.PostAsync("/v1/tokens", new { username = romeo.Name, password = Person.Password, device = "tablet" })).MustBe(200);
        Assert.Equal((romeo.Address, "tablet"), (answer.Text("address"), answer.Text("device")));
        Assert.InRange(answer.Json.GetProperty("expiresAt").GetDateTimeOffset() - DateTimeOffset.UtcNow, TimeSpan.FromDays(29.9), TimeSpan.FromDays(30));
        var unnamed = (await romeo.PostAsync("/v1/tokens", new { username = romeo.Name, password = Person.Password })).MustBe(200).Text("device");
        Assert.StartsWith("device-", unnamed, StringComparison.Ordinal);
        var devices = (await romeo.GetAsync("/v1/devices")).MustBe(200).Json.GetProperty("items").EnumerateArray().Select(device => device.GetProperty("device").GetString());
        Assert.Equal(new[] { "phone", "tablet", unnamed }.Order(StringComparer.Ordinal), devices.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Signing_out_ends_that_token_alone()
    {
        var romeo = await gateway.JoinAsync("romeo");
        var first = romeo.Token;
        await romeo.SignInAsync("tablet");
        (await romeo.DeleteAsync("/v1/tokens/current")).MustBe(204);
        (await romeo.GetAsync("/v1/contacts")).MustBe(401, "unauthorized", "Authorization");
        romeo.Token = first;
        (await romeo.GetAsync("/v1/contacts")).MustBe(200);
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_user_are_answered_alike()
    {
        var romeo = await gateway.JoinAsync("romeo");
        romeo.Token = null;
        var wrong = (await romeo.PostAsync("/v1/tokens", new { username = romeo.Name, password = "wrong" })).MustBe(401, "bad-credentials");
        var unknown = (await romeo.PostAsync("/v1/tokens", new { username = "nobody-" + Guid.NewGuid().ToString("N"), password = "wrong" })).MustBe(401, "bad-credentials");
        var foreign = (await romeo.PostAsync("/v1/tokens", new { username = "bob@example.org", password = "wrong" })).MustBe(401, "bad-credentials");
        Assert.Equal(wrong.Body, unknown.Body);
        Assert.Equal(wrong.Body, foreign.Body);
        Assert.Equal(wrong.Headers.Select(header => header.Key), unknown.Headers.Select(header => header.Key));
    }

    [Fact]
    public async Task Repeated_failures_close_the_door_for_users_known_and_unknown_alike()
    {
        var romeo = await gateway.JoinAsync("romeo");
        romeo.Token = null;
        foreach (var name in new[] { romeo.Name, "nobody-" + Guid.NewGuid().ToString("N") })
        {
            for (var i = 0; i < 10; i++) (await romeo.PostAsync("/v1/tokens", new { username = name, password = "wrong" })).MustBe(401, "bad-credentials");
            (await romeo.PostAsync("/v1/tokens", new { username = name, password = Person.Password })).MustBe(429, "rate-limited");
        }
    }

    [Theory]
    [InlineData("""{"username":"a b","password":"x"}""", "username")]
    [InlineData("""{"username":"bob@example.org","password":"x"}""", "username")]
    [InlineData("""{"username":"..","password":"x"}""", "username")]
    [InlineData("""{"username":7,"password":"x"}""", "username")]
    [InlineData("""{"password":"x"}""", "username")]
    [InlineData("""{"username":"bob"}""", "password")]
    [InlineData("""{"username":"bob","password":""}""", "password")]
    [InlineData("""{"username":"bob","password":"\u0007"}""", "password")]
    public async Task A_bad_account_names_its_member(string json, string member) =>
        (await gateway.Stranger().SendRawAsync(HttpMethod.Post, "/v1/accounts", json)).MustBe(400, "bad-request", member);

    [Fact]
    public async Task Before_login_bodies_are_small() => (await gateway.Stranger().PostAsync("/v1/accounts", new { username = "bob", password = new string('x', 11_000) }))
        .MustBe(413, "too-large");

    [Fact]
    public async Task Without_a_token_with_a_broken_one_or_with_a_foreign_one_nothing_opens()
    {
        var person = gateway.Stranger();
        var plain = (await person.GetAsync("/v1/contacts")).MustBe(401, "unauthorized");
        Assert.Equal("Bearer realm=\"krewe\"", plain.Headers.WwwAuthenticate.ToString());
        foreach (var token in new[] { "nonsense", "a.b.c", Forged("none"), Forged("HS256"), new string('x', 10_000) })
        {
            person.Token = token;
            var refused = (await person.GetAsync("/v1/contacts")).MustBe(401, "unauthorized", "Authorization");
            Assert.Contains("error=\"invalid_token\"", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }
        person.Token = null;
        (await person.SendAsync(HttpMethod.Get, "/v1/contacts", change: r => r.Headers.TryAddWithoutValidation("Authorization", "Basic eDp5"))).MustBe(401, "unauthorized", "Authorization");
        (await person.SendAsync(HttpMethod.Get, "/v1/contacts", change: r => r.Headers.TryAddWithoutValidation("Authorization", "Bearer "))).MustBe(401, "unauthorized", "Authorization");
    }

    [Fact]
    public async Task A_token_in_the_query_opens_streams_alone_and_reaches_no_log()
    {
        var romeo = await gateway.JoinAsync("romeo");
        var token = romeo.Token!;
        romeo.Token = null;
        (await romeo.GetAsync("/v1/contacts?access_token=" + token)).MustBe(401, "unauthorized", "access_token");
        (await romeo.GetAsync("/v1/mailbox?access_token=" + token)).MustBe(401, "unauthorized", "access_token");
        (await romeo.GetAsync("/nowhere?access%5Ftoken=" + token)).MustBe(404, "not-found");
        (await romeo.GetAsync("/nowhere?%zz=1&access_token=" + token)).MustBe(404, "not-found");
        using (var http = gateway.Host.NewClient())
        using (var stream = await http.GetAsync(new Uri($"/v1/mailbox/stream?after=0&access_token={token}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead))
            Assert.Equal(200, (int)stream.StatusCode);
        romeo.Token = token;
        (await romeo.GetAsync("/v1/mailbox/stream?access_token=" + token)).MustBe(400, "bad-request", "Authorization");
        Assert.NotEmpty(gateway.Host.Log.All);
        Assert.DoesNotContain(gateway.Host.Log.All, line => line.Text.Contains(token, StringComparison.Ordinal) || line.Text.Contains(Person.Password, StringComparison.Ordinal));
    }

    private static string Forged(string algorithm)
    {
        string Part(string json) => Base64UrlTextEncoder(json);
        return $"{Part($$"""{"alg":"{{algorithm}}","typ":"JWT"}""")}.{Part("""{"iss":"localhost","aud":"localhost","sub":"romeo@localhost","jti":"x","device":"d","exp":9999999999}""")}."
            + (algorithm == "none" ? "" : new string('A', 43));
    }

    private static string Base64UrlTextEncoder(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
