using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Krewe.Core.Devices;
using Krewe.Core.Push;
using Krewe.Push.Webhook;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Krewe.Push.Tests.Senders;

public sealed class WebhookSenderTests : IAsyncLifetime
{
    private const string Secret = "a secret of some length";
    private readonly WebApplication _hook;
    private readonly List<(string Signature, byte[] Body)> _requests = [];
    private int _status = 204;

    public WebhookSenderTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _hook = builder.Build();
        _hook.MapPost("/hooks/{device}", async (HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            _requests.Add((context.Request.Headers["Krewe-Signature"].ToString(), body.ToArray()));
            context.Response.StatusCode = _status;
        });
    }

    public async ValueTask InitializeAsync() => await _hook.StartAsync();

    public async ValueTask DisposeAsync() => await _hook.DisposeAsync();

    [Fact]
    public async Task A_notice_is_posted_as_JSON_with_a_signature_that_holds()
    {
        using var sender = Sender();
        Assert.Equal(PushVerdict.Sent, (await sender.SendAsync(Notice("hooks/phone"), CancellationToken.None)).Verdict);
        var (signature, body) = Assert.Single(_requests);
        var parts = signature.Split(',').Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), (byte[])[.. Encoding.ASCII.GetBytes(parts["t"] + "."), .. body]);
        Assert.Equal(Convert.ToHexStringLower(expected), parts["v1"]);
        Assert.InRange(long.Parse(parts["t"], CultureInfo.InvariantCulture), DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        var json = JsonSerializer.Deserialize<JsonElement>(body);
        Assert.Equal(("message", "phone", 7), (json.GetProperty("kind").GetString(), json.GetProperty("device").GetString(), json.GetProperty("seq").GetInt64()));
    }

    [Theory]
    [InlineData(200, PushVerdict.Sent)]
    [InlineData(404, PushVerdict.TokenDead)]
    [InlineData(410, PushVerdict.TokenDead)]
    [InlineData(401, PushVerdict.LaneBroken)]
    [InlineData(403, PushVerdict.LaneBroken)]
    [InlineData(429, PushVerdict.LanePaused)]
    [InlineData(408, PushVerdict.Retry)]
    [InlineData(500, PushVerdict.Retry)]
    [InlineData(302, PushVerdict.DeadLetter)]
    [InlineData(400, PushVerdict.DeadLetter)]
    public async Task Each_status_has_its_verdict(int status, PushVerdict verdict)
    {
        _status = status;
        using var sender = Sender();
        Assert.Equal(verdict, (await sender.SendAsync(Notice("hooks/phone"), CancellationToken.None)).Verdict);
    }

    [Fact]
    public async Task Nothing_goes_where_the_operator_did_not_allow_it()
    {
        using var sender = Sender();
        Assert.Equal(PushVerdict.TokenForeign, (await sender.SendAsync(Notice("other/phone"), CancellationToken.None)).Verdict);
        Assert.Empty(_requests);
    }

    [Theory]
    [InlineData("https://push.example/hooks", true)]
    [InlineData("https://push.example/hooks/", true)]
    [InlineData("https://push.example/hooks/phone?x=1", true)]
    [InlineData("https://PUSH.example:443/hooks/phone", true)]
    [InlineData("https://push.example/hooksmore", false)]
    [InlineData("https://push.example/hooks/../admin", false)]
    [InlineData("https://push.example/hooks/%2e%2e/admin", false)]
    [InlineData("https://push.example/hooks/..%2fadmin", false)]
    [InlineData("https://push.example/hooks/..%5Cadmin", false)]
    [InlineData("https://push.example/Hooks/phone", false)]
    [InlineData("https://push.example:444/hooks/phone", false)]
    [InlineData("http://push.example/hooks/phone", false)]
    [InlineData("https://user@push.example/hooks/phone", false)]
    public void An_allowed_address_bounds_the_path_with_or_without_a_slash_at_its_end(string address, bool allowed)
    {
        foreach (var entry in (string[])["https://push.example/hooks", "https://push.example/hooks/"])
        {
            Assert.Equal(allowed, new WebhookOptions { Secret = Secret, AllowedAddresses = { new Uri(entry) } }.Allows(address));
        }
    }

    private WebhookSender Sender() => new(new WebhookOptions { Secret = Secret, AllowedAddresses = { new Uri(_hook.Urls.Single() + "/hooks/") } }, TimeProvider.System);

    private PushNotice Notice(string path) => new()
    {
        Owner = Core.Addresses.Jid.FromCanonical("juliet@capulet.example"), Device = "phone", Kind = PushKind.Message, Seq = 7, Unread = 1, Conversation = "c",
        ExpiresAt = DateTimeOffset.UtcNow,
        Registration = new() { Platform = PushPlatform.Webhook, Token = $"{_hook.Urls.Single()}/{path}", App = "krewe", RegisteredAt = DateTimeOffset.UtcNow },
    };
}
