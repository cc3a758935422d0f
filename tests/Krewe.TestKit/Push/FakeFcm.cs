using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Krewe.TestKit.Push;

/// <summary>
/// Firebase Cloud Messaging, HTTP v1, with Google's token endpoint. It checks the access token, the whole schema of a message, data keys, sizes and times to live,
/// and answers in Google's words.
/// </summary>
/// <example><code>
/// await using var fcm = await FakeFcm.StartAsync();
/// await using var cluster = await KreweCluster.StartAsync(new KreweClusterOptions { Fcm = fcm });
/// fcm.Next("token-of-juliets-phone", FcmReplies.Unavailable.After(TimeSpan.FromSeconds(2)));
/// var push = await fcm.WaitAsync(push => push.Token == "token-of-juliets-phone" &amp;&amp; push.Taken);
/// </code></example>
public sealed class FakeFcm : FakePushService<FcmPush>
{
    private const string DefaultProject = "krewe-test";
    private readonly GoogleTokens _tokens;
    private readonly List<ServiceAccount> _accounts = [];
    private readonly ReplyScript _tokenScript = new();
    private string? _credentialsFile;
    private int _messages;

    private FakeFcm(FakePushOptions options) : base("FCM", options) => _tokens = new GoogleTokens(options.Time);

    /// <summary>A service account for <see cref="ProjectId"/>.</summary>
    public ServiceAccount Account => _accounts[0];

    /// <summary>The project of <see cref="Account"/>; what registrations name as <c>app</c>.</summary>
    public string ProjectId => Account.ProjectId;

    /// <summary>A file with the key of <see cref="Account"/>, for <c>Krewe:Push:Fcm:CredentialsFile</c>; it goes with the fake.</summary>
    public string CredentialsFile => _credentialsFile ??= NewFile(Account.ToJson());

    /// <summary>How many access tokens were given out.</summary>
    public int AccessTokensIssued => _tokens.Issued;

    /// <summary>How long an access token is good. Default: 3 599 s.</summary>
    public TimeSpan AccessTokenLifetime
    {
        get => _tokens.Lifetime;
        set => _tokens.Lifetime = value;
    }

    /// <summary>Starts it on a free port.</summary>
    public static async Task<FakeFcm> StartAsync(FakePushOptions? options = null)
    {
        var fcm = new FakeFcm(options ?? new FakePushOptions());
        await fcm.ListenAsync().ConfigureAwait(false);
        fcm.NewAccount(DefaultProject);
        return fcm;
    }

    /// <summary>One more service account; its project is served from now on.</summary>
    public ServiceAccount NewAccount(string project)
    {
        var account = new ServiceAccount(project, new Uri(Address, "/token"));
        _accounts.Add(account);
        _tokens.Admit(account);
        return account;
    }

    /// <summary>Deletes an account's key: it gets no more access tokens. Those that it has stay good until they expire.</summary>
    public void Revoke(ServiceAccount account) => _tokens.Revoke(account);

    /// <summary>Takes <see cref="Revoke"/> back.</summary>
    public void Restore(ServiceAccount account) => _tokens.Admit(account);

    /// <summary>All access tokens are void from now on: 401 UNAUTHENTICATED.</summary>
    public void RevokeAccessTokens() => _tokens.RevokeTokens();

    /// <summary>The next requests to the token endpoint get these replies, one each.</summary>
    public void NextAccessToken(params FakeReply[] replies) => _tokenScript.Add(null, replies);

    private protected override async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (path == "/token") await AnswerTokenAsync(context).ConfigureAwait(false);
        else if (path.Split('/') is ["", "v1", "projects", var project, "messages:send"] && HttpMethods.IsPost(context.Request.Method)) await AnswerSendAsync(context, project).ConfigureAwait(false);
        else await WriteAsync(context, FcmReplies.NoSuchPage).ConfigureAwait(false);
    }

    private protected override void DisposeKeys()
    {
        foreach (var account in _accounts) account.Key.Dispose();
    }

    private async Task AnswerTokenAsync(HttpContext context)
    {
        var reply = _tokenScript.Take(null);
        if (reply.Deed == FakeDeed.Judge)
        {
            var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync().ConfigureAwait(false) : FormCollection.Empty;
            reply = _tokens.Answer(form["grant_type"], form["assertion"], new Uri(Address, "/token").AbsoluteUri);
        }
        await WriteAsync(context, reply).ConfigureAwait(false);
    }

    private async Task AnswerSendAsync(HttpContext context, string project)
    {
        var (request, refusal) = await ReadAsync(context.Request).ConfigureAwait(false);
        var message = FcmSchema.Member(request, "message") is { ValueKind: JsonValueKind.Object } known ? known : default;
        var validateOnly = FcmSchema.Member(request, "validate_only") is { ValueKind: JsonValueKind.True };
        var account = _tokens.Identify(context.Request.Headers.Authorization);
        refusal = account is null ? FcmReplies.Unauthenticated : account.ProjectId != project ? FcmReplies.PermissionDenied : refusal ?? FcmRules.Check(message);
        var push = new FcmPush
        {
            Token = FcmSchema.Member(message, "token") is { ValueKind: JsonValueKind.String } token ? token.GetString() : null,
            At = Time.GetUtcNow(),
            Protocol = context.Request.Protocol,
            Headers = HeadersOf(context.Request),
            Message = message,
            ValidateOnly = validateOnly,
        };
        await PlayAsync(context, push, refusal, () => new FakeReply
        {
            // The real one gives this id to a message that is only checked.
            Body = $$"""{"name":"projects/{{project}}/messages/{{(validateOnly ? "fake_message_id" : $"0:{Interlocked.Increment(ref _messages)}")}}"}""",
            Reason = validateOnly ? "only checked" : null,
        }).ConfigureAwait(false);
    }

    private static async Task<(JsonElement Request, FakeReply? Refusal)> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body).ConfigureAwait(false);
        try
        {
            var json = JsonSerializer.Deserialize<JsonElement>(body.ToArray());
            if (!request.HasJsonContentType()) return (json, FcmReplies.InvalidJson([("", $"Content-Type {request.ContentType} is not JSON.")]));
            var violations = FcmSchema.Check(json);
            return (json, violations.Count > 0 ? FcmReplies.InvalidJson(violations)
                : FcmSchema.Member(json, "message") is null ? FcmReplies.InvalidArgument("message", "Message is not set.") : null);
        }
        catch (JsonException)
        {
            return (default, FcmReplies.InvalidJson([("", "Invalid JSON payload received. Unexpected token.")]));
        }
    }
}
