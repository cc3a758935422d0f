using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Krewe.Core.Devices;
using Krewe.Core.Push;

namespace Krewe.Push.Webhook;

/// <summary>Posts a notice as JSON to the address of the registration, signed as <c>Krewe-Signature: t=…,v1=hex(HMAC-SHA256(t + "." + body))</c>.</summary>
internal sealed class WebhookSender(WebhookOptions options, TimeProvider time) : IPushSender, IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = PushHttp.Timeout };

    public PushPlatform Platform => PushPlatform.Webhook;

    public bool Serves(string app) => app == options.App;

    public async ValueTask<PushOutcome> SendAsync(PushNotice notice, CancellationToken cancellationToken)
    {
        if (!options.Allows(notice.Registration.Token)) return new(PushVerdict.TokenForeign, "address not allowed");
        try
        {
            var body = WebhookPayload.Compose(notice);
            var stamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(notice.Registration.Token))
            {
                Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            };
            request.Headers.Add("Krewe-Signature", $"t={stamp},v1={Sign(stamp, body)}");
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            return Classify(response.StatusCode, PushHttp.RetryAfter(response.Headers, time));
        }
        catch (Exception error) when (PushHttp.IsNetwork(error, cancellationToken))
        {
            return Answer.Unreachable(error).Outcome;
        }
    }

    public void Dispose() => _http.Dispose();

    private static PushOutcome Classify(HttpStatusCode status, TimeSpan? retryAfter)
    {
        var code = $"HTTP {(int)status}";
        return (int)status switch
        {
            >= 200 and < 300 => new(PushVerdict.Sent, code),
            404 or 410 => new(PushVerdict.TokenDead, code),
            401 or 403 => new(PushVerdict.LaneBroken, code),
            429 => new(PushVerdict.LanePaused, code) { RetryAfter = retryAfter },
            >= 500 or 408 => new(PushVerdict.Retry, code) { RetryAfter = retryAfter },
            _ => new(PushVerdict.DeadLetter, code),
        };
    }

    private string Sign(string stamp, byte[] body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(options.Secret!));
        mac.AppendData(Encoding.ASCII.GetBytes($"{stamp}."));
        mac.AppendData(body);
        return Convert.ToHexStringLower(mac.GetHashAndReset());
    }
}
