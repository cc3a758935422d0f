using System.Globalization;
using Krewe.Core.Devices;
using Krewe.Core.Push;

namespace Krewe.Push.MiPush;

/// <summary>Sends by Mi Push's form API (<c>POST /v3/message/regid</c>).</summary>
internal sealed class MiPushSender(MiPushOptions options, TimeProvider time) : IPushSender, IDisposable
{
    private static readonly TimeSpan MaxTimeToLive = TimeSpan.FromDays(14);
    private readonly MiPushRegions _regions = new(options.BaseAddress);

    public PushPlatform Platform => PushPlatform.MiPush;

    public bool Serves(string app) => app == options.PackageName;

    public async ValueTask<PushOutcome> SendAsync(PushNotice notice, CancellationToken cancellationToken)
    {
        try
        {
            var http = _regions.For(notice.Registration.Environment);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v3/message/regid")
            {
                Version = http.DefaultRequestVersion,
                VersionPolicy = http.DefaultVersionPolicy,
                Content = new FormUrlEncodedContent(Compose(notice)),
            };
            request.Headers.TryAddWithoutValidation("Authorization", $"key={options.AppSecret}");
            using var response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return MiPushErrors.Classify(response.StatusCode, body, PushHttp.RetryAfter(response.Headers, time));
        }
        catch (Exception error) when (PushHttp.IsNetwork(error, cancellationToken))
        {
            return Answer.Unreachable(error).Outcome;
        }
    }

    public void Dispose() => _regions.Dispose();

    private Dictionary<string, string> Compose(PushNotice notice)
    {
        var left = notice.ExpiresAt - time.GetUtcNow();
        var passThrough = notice.Kind == PushKind.Clear || notice.Silent || notice.Registration.Mode == PushMode.Data;
        var words = PushWords.NewMessage(notice.Registration.Locale);
        var form = new Dictionary<string, string>
        {
            ["registration_id"] = notice.Registration.Token,
            ["restricted_package_name"] = options.PackageName!,
            ["pass_through"] = passThrough ? "1" : "0",
            ["payload"] = MiPushPayload.Compose(notice),
            ["time_to_live"] = ((long)Math.Clamp(left.TotalMilliseconds, 0, MaxTimeToLive.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture),
        };
        if (passThrough) return form;
        form["title"] = PushText.CutToLength(notice.From is { } from ? from.Local.ToString() : words, 49);
        form["description"] = PushText.CutToLength(notice.Preview is { Length: > 0 } preview ? preview : words, 127);
        form["notify_type"] = "-1";
        form["notify_id"] = MiPushPayload.NotifyId(notice.Conversation).ToString(CultureInfo.InvariantCulture);
        if (options.ChannelId is { } channel) form["extra.channel_id"] = channel;
        return form;
    }
}
