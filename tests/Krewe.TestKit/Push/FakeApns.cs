using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Krewe.TestKit.Push;

/// <summary>How a <see cref="FakeApns"/> is made.</summary>
public sealed class FakeApnsOptions : FakePushOptions
{
    /// <summary>The team, the provider token's issuer. Default: KREWETEAM1.</summary>
    public string TeamId { get; set; } = "KREWETEAM1";

    /// <summary>The key's id. Default: KREWEKEY01.</summary>
    public string KeyId { get; set; } = "KREWEKEY01";

    /// <summary>The app's bundle id; what registrations name as <c>app</c>. Default: org.example.krewe.</summary>
    public string Topic { get; set; } = "org.example.krewe";
}

/// <summary>
/// Apple Push Notification service with token authentication. It checks the provider token, its age and how often it changes, headers, device token, topic and
/// payload, and answers in Apple's words.
/// </summary>
/// <example><code>
/// await using var apns = await FakeApns.StartAsync(new FakeApnsOptions { Tls = true });
/// var key = apns.KeyFile;                               // Krewe:Push:Apns:KeyFile
/// apns.Next(token, ApnsReplies.Of("TooManyRequests"));
/// var push = await apns.WaitAsync(push => push.Taken);
/// </code></example>
public sealed class FakeApns : FakePushService<ApnsPush>
{
    private readonly FakeApnsOptions _options;
    private readonly ApnsProviderTokens _tokens;
    private string? _keyFile;

    private FakeApns(FakeApnsOptions options) : base("APNs", options) => (_options, _tokens) = (options, new ApnsProviderTokens(options.TeamId, options.KeyId, options.Time));

    /// <summary>The team, the provider token's issuer.</summary>
    public string TeamId => _options.TeamId;

    /// <summary>The key's id.</summary>
    public string KeyId => _options.KeyId;

    /// <summary>The app's bundle id.</summary>
    public string Topic => _options.Topic;

    /// <summary>A file with the key, for <c>Krewe:Push:Apns:KeyFile</c>; it goes with the fake.</summary>
    public string KeyFile => _keyFile ??= NewFile(_tokens.Pem);

    /// <summary>How many different provider tokens were used.</summary>
    public int ProviderTokensSeen => _tokens.Seen;

    /// <summary>Starts it on a free port.</summary>
    public static async Task<FakeApns> StartAsync(FakeApnsOptions? options = null)
    {
        var apns = new FakeApns(options ?? new FakeApnsOptions());
        await apns.ListenAsync().ConfigureAwait(false);
        return apns;
    }

    /// <summary>A device token of the form that Apple gives out.</summary>
    public static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>Writes the key that is good now, as Apple would let the operator download it: a <c>.p8</c> file.</summary>
    public Task WriteKeyAsync(string path) => File.WriteAllTextAsync(path, _tokens.Pem);

    /// <summary>Another key under the same id; tokens of the old one are invalid.</summary>
    public void RenewKey() => _tokens.Renew();

    /// <summary>The key is revoked: InvalidProviderToken.</summary>
    public void RevokeKey() => _tokens.Revoke(true);

    /// <summary>Takes <see cref="RevokeKey"/> back.</summary>
    public void RestoreKey() => _tokens.Revoke(false);

    private protected override HttpProtocols TlsProtocols => HttpProtocols.Http2;

    private protected override void DisposeKeys() => _tokens.Dispose();

    private protected override async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        // APNs gives every answer an id.
        var id = request.Headers["apns-id"].ToString();
        context.Response.Headers["apns-id"] = Guid.TryParse(id, out _) ? id : Guid.NewGuid().ToString("D").ToUpperInvariant();
        if (request.Path.Value?.Split('/') is not ["", "3", "device", var token])
        {
            await WriteAsync(context, ApnsReplies.Of("BadPath")).ConfigureAwait(false);
            return;
        }
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body).ConfigureAwait(false);
        var payload = body.ToArray();
        var reason = HttpMethods.IsPost(request.Method)
            ? _tokens.Check(request.Headers.Authorization.ToString()) ?? ApnsRules.Check(request.Headers, token, payload, _options.Topic) : "MethodNotAllowed";
        var push = new ApnsPush
        {
            Token = token,
            At = Time.GetUtcNow(),
            Protocol = request.Protocol,
            Headers = HeadersOf(request),
            Payload = Json(payload),
        };
        await PlayAsync(context, push, reason is null ? null : ApnsReplies.Of(reason), static () => new FakeReply()).ConfigureAwait(false);
    }

    private static JsonElement Json(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(body);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
