using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Krewe.TestKit.Push;

/// <summary>How a <see cref="FakeMiPush"/> is made.</summary>
public sealed class FakeMiPushOptions : FakePushOptions
{
    /// <summary>The app's package; what registrations name as <c>app</c>. Default: org.example.krewe.</summary>
    public string PackageName { get; set; } = "org.example.krewe";
}

/// <summary>Xiaomi's Mi Push. It checks the secret and the form's fields with their bounds, and answers with status 200 and a code in the body.</summary>
/// <example><code>
/// await using var mi = await FakeMiPush.StartAsync();   // its AppSecret is Krewe:Push:MiPush:AppSecret
/// mi.Next(token, MiPushReplies.Of(10009));
/// var push = await mi.WaitAsync(push => push.Taken);
/// </code></example>
public sealed class FakeMiPush : FakePushService<MiPush>
{
    private readonly FakeMiPushOptions _options;
    private volatile string _secret = NewSecret();
    private int _messages;

    private FakeMiPush(FakeMiPushOptions options) : base("Mi Push", options) => _options = options;

    /// <summary>The app's package.</summary>
    public string PackageName => _options.PackageName;

    /// <summary>The secret that is good now.</summary>
    public string AppSecret => _secret;

    /// <summary>Starts it on a free port.</summary>
    public static async Task<FakeMiPush> StartAsync(FakeMiPushOptions? options = null)
    {
        var mi = new FakeMiPush(options ?? new FakeMiPushOptions());
        await mi.ListenAsync().ConfigureAwait(false);
        return mi;
    }

    /// <summary>The secret is replaced, as when the operator renews it at Xiaomi's. Returns the old one, for <see cref="RestoreSecret"/>.</summary>
    public string RenewSecret() => Interlocked.Exchange(ref _secret, NewSecret());

    /// <summary>An earlier secret is good again.</summary>
    public void RestoreSecret(string secret) => _secret = secret;

    private protected override void DisposeKeys()
    {
        // The secret is a string.
    }

    private protected override async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Path.Value is not ("/v3/message/regid" or "/v2/message/regid") || !HttpMethods.IsPost(request.Method))
        {
            await WriteAsync(context, FakeReply.Of(404)).ConfigureAwait(false);
            return;
        }
        var fields = request.HasFormContentType ? await request.ReadFormAsync().ConfigureAwait(false) : FormCollection.Empty;
        var form = fields.ToDictionary(static field => field.Key, static field => field.Value.ToString());
        var refusal = request.Headers.Authorization != $"key={_secret}" ? MiPushReplies.Unauthorized : MiPushRules.Check(form, _options.PackageName);
        var push = new MiPush
        {
            Token = form.GetValueOrDefault("registration_id"),
            At = Time.GetUtcNow(),
            Protocol = request.Protocol,
            Headers = HeadersOf(request),
            Form = form,
        };
        await PlayAsync(context, push, refusal, () => new FakeReply
        {
            Body = $$$"""{"result":"ok","trace_id":"Xcm00000000000000000","code":0,"data":{"id":"xcm{{{Interlocked.Increment(ref _messages)}}}"},"description":"成功","info":"Received push messages for 1 regid"}""",
        }).ConfigureAwait(false);
    }

    private static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
