using Krewe.Core.Devices;
using Krewe.Core.Errors;
using Krewe.Core.Push;
using Krewe.Push.Apns;
using Krewe.Push.Fcm;
using Krewe.Push.MiPush;
using Krewe.Push.Webhook;
using Microsoft.Extensions.Options;

namespace Krewe.Push;

/// <summary>The apps that the operator has configured.</summary>
internal sealed class PushApps(IOptions<FcmOptions> fcm, IOptions<ApnsOptions> apns, IOptions<MiPushOptions> miPush, IOptions<WebhookOptions> webhook) : IPushApps
{
    public Fault? Check(PushRegistration registration)
    {
        if (!(fcm.Value.IsUsed || apns.Value.IsUsed || miPush.Value.IsUsed || webhook.Value.IsUsed)) return null;
        var app = registration.Platform switch
        {
            PushPlatform.Fcm when fcm.Value.IsUsed => fcm.Value.ProjectId,
            PushPlatform.Apns when apns.Value.IsUsed => apns.Value.Topic,
            PushPlatform.MiPush when miPush.Value.IsUsed => miPush.Value.PackageName,
            PushPlatform.Webhook when webhook.Value.IsUsed => webhook.Value.App,
            _ => null,
        };
        if (app is null) return Fault.BadRequest("platform", "This server does not push by this platform.");
        if (app != registration.App) return Fault.BadRequest("app", "This server does not push to this app.");
        return registration.Platform == PushPlatform.Webhook && !webhook.Value.Allows(registration.Token)
            ? Fault.BadRequest("token", "This server does not send requests to this address.") : null;
    }
}
