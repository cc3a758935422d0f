using System.Globalization;
using System.Net;
using Krewe.Core.Devices;
using Krewe.Core.Push;

namespace Krewe.Push.Apns;

/// <summary>Sends by APNs' HTTP/2 API (<c>POST /3/device/{token}</c>).</summary>
internal sealed class ApnsSender(ApnsOptions options, IGrainFactory grains, TimeProvider time) : IPushSender, IDisposable
{
    private static readonly Uri Production = new("https://api.push.apple.com");
    private static readonly Uri Sandbox = new("https://api.sandbox.push.apple.com");
    private readonly HttpClient _production = PushHttp.CreateClient(options.BaseAddress ?? Production);
    private readonly HttpClient _sandbox = PushHttp.CreateClient(options.BaseAddress ?? Sandbox);

    public PushPlatform Platform => PushPlatform.Apns;

    public bool Serves(string app) => app == options.Topic;

    public async ValueTask<PushOutcome> SendAsync(PushNotice notice, CancellationToken cancellationToken)
    {
        var said = notice.Registration.Environment;
        var sandbox = (said ?? options.Environment) == "sandbox";
        var payload = ApnsPayload.Compose(notice);
        if (payload.Length > ApnsPayload.MaxBytes) payload = ApnsPayload.Compose(notice, previewBytes: 256);
        var answer = await AttemptAsync(notice, payload, sandbox, null, cancellationToken).ConfigureAwait(false);
        return answer.Answer.Remedy switch
        {
            Remedy.NewCredential => (await AttemptAsync(notice, payload, sandbox, answer.Token, cancellationToken).ConfigureAwait(false)).Answer.Outcome,
            Remedy.Shrink => (await AttemptAsync(notice, ApnsPayload.Compose(notice with { Preview = null }), sandbox, null, cancellationToken).ConfigureAwait(false)).Answer.Outcome,
            Remedy.OtherEnvironment when said is null => (await AttemptAsync(notice, payload, !sandbox, null, cancellationToken).ConfigureAwait(false)).Answer.Outcome,
            _ => answer.Answer.Outcome,
        };
    }

    public void Dispose()
    {
        _production.Dispose();
        _sandbox.Dispose();
    }

    private async ValueTask<(Answer Answer, string? Token)> AttemptAsync(PushNotice notice, byte[] payload, bool sandbox, string? expired, CancellationToken cancellationToken)
    {
        string? token = null;
        try
        {
            token = await grains.GetGrain<IProviderTokenGrain>($"{options.TeamId}.{options.KeyId}").GetAsync(expired).ConfigureAwait(false);
            var http = sandbox ? _sandbox : _production;
            using var request = Compose(http, notice, payload, token);
            using var response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.OK) return (new PushOutcome(PushVerdict.Sent, "OK"), token);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return (ApnsErrors.Classify(response.StatusCode, body, PushHttp.RetryAfter(response.Headers, time)), token);
        }
        catch (Exception error) when (PushHttp.IsNetwork(error, cancellationToken))
        {
            return (Answer.Unreachable(error), token);
        }
        catch (Exception error) when (error is System.Security.Cryptography.CryptographicException or UnauthorizedAccessException or ArgumentException or IOException)
        {
            return (new PushOutcome(PushVerdict.LaneBroken, $"key: {error.GetType().Name}"), token);
        }
    }

    private HttpRequestMessage Compose(HttpClient http, PushNotice notice, byte[] payload, string token)
    {
        var background = ApnsPayload.IsBackground(notice);
        var request = new HttpRequestMessage(HttpMethod.Post, $"/3/device/{Uri.EscapeDataString(notice.Registration.Token)}")
        {
            Version = http.DefaultRequestVersion,
            VersionPolicy = http.DefaultVersionPolicy,
            Content = new ByteArrayContent(payload),
        };
        request.Headers.TryAddWithoutValidation("authorization", $"bearer {token}");
        request.Headers.Add("apns-topic", options.Topic);
        request.Headers.Add("apns-push-type", background ? "background" : "alert");
        // A background push with priority 10 is refused.
        request.Headers.Add("apns-priority", background ? "5" : "10");
        request.Headers.Add("apns-expiration", notice.ExpiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        if (notice.Kind == PushKind.Clear) request.Headers.Add("apns-collapse-id", "krewe-clear");
        return request;
    }
}
