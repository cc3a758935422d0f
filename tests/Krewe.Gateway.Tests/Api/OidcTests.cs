using System.Security.Cryptography;
using Krewe.Core;
using Krewe.Core.Errors;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Krewe.Gateway.Tests.Api;

/// <summary>Tokens of an issuer that the operator configured.</summary>
public sealed class OidcTests : IAsyncLifetime
{
    private readonly Issuer _issuer = new();

    public async ValueTask InitializeAsync() => await _issuer.StartAsync();

    public async ValueTask DisposeAsync() => await _issuer.DisposeAsync();

    private AccountOptions Options => new() { Oidc = new() { Issuer = _issuer.Address, Audience = "krewe" } };

    private OidcTokens Tokens(TimeProvider time) =>
        new(Microsoft.Extensions.Options.Options.Create(Options), Microsoft.Extensions.Options.Options.Create(new DomainOptions()), time, NullLogger<OidcTokens>.Instance);

    [Fact]
    public async Task An_account_is_made_at_first_sight_and_signing_out_ends_the_token()
    {
        await using var host = await GatewayHost.StartAsync(builder => builder.Services.Configure<AccountOptions>(options => options.Oidc = Options.Oidc));
        using var http = host.NewClient();
        var rosaline = new Person(http, "rosaline") { Token = _issuer.Token("Rosaline") };
        (await rosaline.GetAsync("/v1/mailbox")).MustBe(200);
        var romeo = await Person.JoinAsync(http, "romeo");
        (await romeo.TellAsync(rosaline, "hi")).MustBe(201);
        (await rosaline.DeleteAsync("/v1/tokens/current")).MustBe(204);
        (await rosaline.GetAsync("/v1/mailbox")).MustBe(401, "unauthorized", "Authorization");
        rosaline.Token = _issuer.Token("rosaline");
        Assert.Equal(1, (await rosaline.GetAsync("/v1/mailbox")).MustBe(200).Json.GetProperty("last").GetInt64());
        rosaline.Token = null;
        (await rosaline.PostAsync("/v1/tokens", new { username = "rosaline", password = "x" })).MustBe(401, "bad-credentials");
    }

    [Fact]
    public async Task The_token_names_its_user_and_a_device_that_stays_the_same()
    {
        using var tokens = Tokens(TimeProvider.System);
        var first = (await tokens.ValidateAsync(_issuer.Token("rosaline"), default))?.Value;
        var second = (await tokens.ValidateAsync(_issuer.Token("ROSALINE@localhost"), default))?.Value;
        Assert.Equal("rosaline@localhost", first!.Address.Text);
        Assert.Equal((first.Address, first.Device), (second!.Address, second.Device));
        Assert.NotEqual(first.Token.TokenId, second.Token.TokenId);
        Assert.True(first.Token.External);
        Assert.Equal("pad", (await tokens.ValidateAsync(_issuer.Token("rosaline", extra: ("device", "pad")), default))?.Value!.Device);
    }

    [Fact]
    public async Task A_token_that_is_not_this_issuers_for_this_server_is_not_good()
    {
        using var tokens = Tokens(TimeProvider.System);
        foreach (var bad in new[]
        {
            _issuer.Token("rosaline", audience: "another"), _issuer.Token("rosaline", issuer: "https://example.org"), _issuer.Token("rosaline", lifetime: TimeSpan.FromMinutes(-2)),
            _issuer.Token("rosaline@example.org"), _issuer.Token("a b"), _issuer.Token(""), _issuer.Token("rosaline", algorithm: SecurityAlgorithms.HmacSha256),
            _issuer.Token("rosaline")[..^4] + "AAAA", "nonsense",
        })
            Assert.Null(await tokens.ValidateAsync(bad, default));
    }

    [Fact]
    public async Task A_new_key_is_found_and_made_up_keys_do_not_make_the_server_ask()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var tokens = Tokens(time);
        Assert.NotNull(await tokens.ValidateAsync(_issuer.Token("rosaline"), default));
        Assert.Equal(1, _issuer.Asked);
        _issuer.ChangeKey();
        Assert.Null(await tokens.ValidateAsync(_issuer.Token("rosaline"), default));
        Assert.Equal(1, _issuer.Asked);
        time.Advance(OidcMetadata.Patience);
        Assert.NotNull(await tokens.ValidateAsync(_issuer.Token("rosaline"), default));
        Assert.Equal(2, _issuer.Asked);
        _issuer.ChangeKey(publish: false);
        for (var i = 0; i < 20; i++) Assert.Null(await tokens.ValidateAsync(_issuer.Token("rosaline"), default));
        Assert.Equal(2, _issuer.Asked);
        time.Advance(OidcMetadata.Patience);
        for (var i = 0; i < 20; i++) Assert.Null(await tokens.ValidateAsync(_issuer.Token("rosaline"), default));
        Assert.Equal(3, _issuer.Asked);
    }

    [Fact]
    public async Task An_issuer_that_is_away_is_503_and_is_asked_again_later()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var tokens = Tokens(time);
        _issuer.Broken = true;
        Assert.Equal(FaultCode.Unavailable, (await tokens.ValidateAsync(_issuer.Token("rosaline"), default))?.Fault?.Code);
        _issuer.Broken = false;
        Assert.Equal(FaultCode.Unavailable, (await tokens.ValidateAsync(_issuer.Token("rosaline"), default))?.Fault?.Code);
        time.Advance(OidcMetadata.Patience);
        Assert.NotNull((await tokens.ValidateAsync(_issuer.Token("rosaline"), default))?.Value);
        _issuer.Broken = true;
        time.Advance(OidcMetadata.Lifetime);
        Assert.NotNull((await tokens.ValidateAsync(_issuer.Token("rosaline"), default)));
    }

    [Theory]
    [InlineData("http://example.org", "krewe", false)]
    [InlineData("example.org", "krewe", false)]
    [InlineData("https://example.org", null, false)]
    [InlineData(null, "krewe", false)]
    [InlineData("https://example.org/realm", "krewe", true)]
    [InlineData("http://127.0.0.1:1", "krewe", true)]
    [InlineData(null, null, true)]
    public void The_options_are_checked(string? issuer, string? audience, bool good) =>
        Assert.Equal(good, new AccountOptionsValidator().Validate(null, new() { Oidc = new() { Issuer = issuer, Audience = audience } }).Succeeded);

    /// <summary>A small OpenID Connect issuer on this machine.</summary>
    private sealed class Issuer : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private RsaSecurityKey _signing = NewKey();
        private RsaSecurityKey _published;

        public Issuer()
        {
            _published = _signing;
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            _app = builder.Build();
            _app.MapGet("/.well-known/openid-configuration", () =>
            {
                Asked++;
                return Broken ? Results.StatusCode(500) : Results.Json(new { issuer = Address, jwks_uri = Address + "/keys" });
            });
            _app.MapGet("/keys", () =>
            {
                var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(_published);
                return Results.Json(new { keys = new[] { new { kty = "RSA", use = "sig", kid = key.KeyId, n = key.N, e = key.E } } });
            });
        }

        public bool Broken { get; set; }

        public int Asked { get; private set; }

        public string Address { get; private set; } = "";

        public async Task StartAsync()
        {
            await _app.StartAsync();
            Address = _app.Urls.First();
        }

        public void ChangeKey(bool publish = true)
        {
            _signing = NewKey();
            if (publish) _published = _signing;
        }

        public string Token(
            string user, string audience = "krewe", string? issuer = null, TimeSpan? lifetime = null, string algorithm = SecurityAlgorithms.RsaSha256, (string, string)? extra = null)
        {
            var claims = new Dictionary<string, object> { ["preferred_username"] = user, ["sub"] = "4711", ["azp"] = "web", ["jti"] = Guid.NewGuid().ToString() };
            if (extra is var (name, value)) claims[name] = value;
            var expires = DateTime.UtcNow + (lifetime ?? TimeSpan.FromHours(2));
            // The old confusion of algorithms: the public key as a shared secret.
            SecurityKey key = algorithm == SecurityAlgorithms.HmacSha256 ? new SymmetricSecurityKey(_published.Rsa.ExportRSAPublicKey()) { KeyId = _published.KeyId } : _signing;
            return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
            {
                Issuer = issuer ?? Address, Audience = audience, Claims = claims, Expires = expires, SigningCredentials = new(key, algorithm),
            });
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private static RsaSecurityKey NewKey() => new(RSA.Create(2048)) { KeyId = Guid.NewGuid().ToString("N") };
    }
}
