using System.Net.Http.Headers;
using Google.Apis.Auth.OAuth2.Responses;
using Krewe.Core.Devices;
using Krewe.Core.Push;

namespace Krewe.Push.Fcm;

/// <summary>Sends by FCM's HTTP v1 API (<c>POST /v1/projects/{project}/messages:send</c>).</summary>
internal sealed class FcmSender(FcmOptions options, TimeProvider time) : IPushSender, IDisposable
{
    private static readonly TimeSpan MaxTimeToLive = TimeSpan.FromDays(28);
    private readonly HttpClient _http = PushHttp.CreateClient(options.BaseAddress);
    private readonly FcmCredential _credential = new(options);

    public PushPlatform Platform => PushPlatform.Fcm;

    public bool Serves(string app) => app == options.ProjectId;

    public async ValueTask<PushOutcome> SendAsync(PushNotice notice, CancellationToken cancellationToken)
    {
        var left = notice.ExpiresAt - time.GetUtcNow();
        var timeToLive = TimeSpan.FromSeconds(Math.Floor(Math.Clamp(left.TotalSeconds, 0, MaxTimeToLive.TotalSeconds)));
        var message = FcmMessages.Serialize(FcmMessages.Compose(notice, timeToLive), notice.ValidateOnly);
        if (message.Length > FcmMessages.MaxPayloadBytes) message = FcmMessages.Serialize(FcmMessages.Compose(notice with { Preview = null }, timeToLive), notice.ValidateOnly);
        var answer = await AttemptAsync(message, cancellationToken).ConfigureAwait(false);
        if (answer.Outcome.Verdict == PushVerdict.LaneBroken && answer.Remedy == Remedy.None) _credential.Forget();
        if (answer.Remedy != Remedy.NewCredential) return answer.Outcome;
        try
        {
            await _credential.RefreshAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is TokenResponseException || PushHttp.IsNetwork(error, cancellationToken))
        {
            _credential.Forget();
            return answer.Outcome;
        }
        answer = await AttemptAsync(message, cancellationToken).ConfigureAwait(false);
        if (answer.Outcome.Verdict == PushVerdict.LaneBroken) _credential.Forget();
        return answer.Outcome;
    }

    public void Dispose()
    {
        _http.Dispose();
        _credential.Dispose();
    }

    private async ValueTask<Answer> AttemptAsync(byte[] message, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/projects/{Uri.EscapeDataString(options.ProjectId!)}/messages:send")
            {
                Version = _http.DefaultRequestVersion,
                VersionPolicy = _http.DefaultVersionPolicy,
                Content = new ByteArrayContent(message) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } },
            };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await _credential.GetTokenAsync(cancellationToken).ConfigureAwait(false));
            using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode) return new PushOutcome(PushVerdict.Sent, "OK");
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return FcmErrors.Classify(response.StatusCode, body, PushHttp.RetryAfter(response.Headers, time));
        }
        catch (TokenResponseException refused)
        {
            // The token endpoint answered and said no: a wrong, expired or revoked key, unless it is the endpoint's own trouble.
            return refused.StatusCode is { } status && (int)status >= 500
                ? new PushOutcome(PushVerdict.LanePaused, $"oauth2 {(int)status}")
                : new PushOutcome(PushVerdict.LaneBroken, $"oauth2 {refused.Error?.Error}");
        }
        catch (Exception error) when (PushHttp.IsNetwork(error, cancellationToken))
        {
            return Answer.Unreachable(error);
        }
        catch (Exception error) when (error is InvalidOperationException or FileNotFoundException or DirectoryNotFoundException
            or UnauthorizedAccessException or Newtonsoft.Json.JsonException or System.Security.Cryptography.CryptographicException or FormatException or ArgumentException)
        {
            return new PushOutcome(PushVerdict.LaneBroken, $"credentials: {error.GetType().Name}");
        }
    }
}
