using Krewe.Core.Push;
using Krewe.Core.Users;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Krewe.Push.Delivery;

/// <summary>Delivers one row: asks the user's grain what to say, makes one attempt, does what the answer asks for.</summary>
internal sealed partial class PushDelivery(
    IPushOutbox outbox, IGrainFactory grains, Lanes lanes, PushOptions options, IOptions<PushPolicyOptions> policy, PushMetrics metrics, TimeProvider time, ILogger<PushDelivery> log)
{
    private static readonly TimeSpan SuspectWait = TimeSpan.FromSeconds(30);

    // FCM: collapsible messages one in three minutes; what a throttled device gets then is the newest state.
    private static readonly TimeSpan ThrottledWait = TimeSpan.FromMinutes(3);

    public async Task DeliverAsync(PendingPush row, CancellationToken cancellationToken)
    {
        var grain = grains.GetGrain<IPushGrain>(row.Owner.Text);
        if (time.GetUtcNow() - row.Since > policy.Value.Expiry)
        {
            metrics.Expired(row.Platform);
            await outbox.SettleAsync(row, null, cancellationToken).ConfigureAwait(false);
            return;
        }
        var plan = await grain.PreparePushAsync(row).ConfigureAwait(false);
        if (plan.Notice is not { } notice)
        {
            await outbox.SettleAsync(row, plan.NotBefore is { } later ? row with { Due = later } : null, cancellationToken).ConfigureAwait(false);
            return;
        }
        if (!lanes.TryGet(notice.Registration.Platform, out var sender, out var lane) || !sender.Serves(notice.Registration.App))
        {
            await outbox.SetAsideAsync(row, $"no sender for {notice.Registration.Platform} app {notice.Registration.App}", cancellationToken).ConfigureAwait(false);
            metrics.Refused(notice.Registration.Platform, "not-configured");
            return;
        }
        if (!lane.TryEnter(out var retryAt))
        {
            await outbox.SettleAsync(row, row with { Due = retryAt }, cancellationToken).ConfigureAwait(false);
            return;
        }
        PushOutcome outcome = new(PushVerdict.Retry, "cancelled");
        try
        {
            outcome = await sender.SendAsync(notice, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lane.Leave(outcome);
        }
        await SettleAsync(row, notice, outcome, grain, cancellationToken).ConfigureAwait(false);
    }

    private async Task SettleAsync(PendingPush row, PushNotice notice, PushOutcome outcome, IPushGrain grain, CancellationToken cancellationToken)
    {
        var platform = notice.Registration.Platform;
        var now = time.GetUtcNow();
        if (outcome.Verdict == PushVerdict.Sent) metrics.Sent(platform, now - row.Due);
        else metrics.Refused(platform, outcome.Code);
        switch (outcome.Verdict)
        {
            case PushVerdict.Sent:
                await grain.PushSentAsync(row.Device, notice.Kind, notice.Seq).ConfigureAwait(false);
                await outbox.SettleAsync(row with { Seq = notice.Seq }, null, cancellationToken).ConfigureAwait(false);
                return;
            case PushVerdict.TokenDead:
                TokenGone(platform, row.Owner.Text, row.Device, outcome.Code);
                await grain.PushTokenDeadAsync(row.Device, notice.Registration.Token, outcome.DeadSince).ConfigureAwait(false);
                await outbox.SettleAsync(row, null, cancellationToken).ConfigureAwait(false);
                return;
            case PushVerdict.TokenForeign:
                TokenForeign(platform, row.Owner.Text, row.Device, outcome.Code);
                await grain.PushTokenDeadAsync(row.Device, notice.Registration.Token, null).ConfigureAwait(false);
                await outbox.SettleAsync(row, null, cancellationToken).ConfigureAwait(false);
                return;
            case PushVerdict.TokenSuspect:
                var gone = await grain.PushTokenSuspectAsync(row.Device, notice.Registration.Token).ConfigureAwait(false);
                if (gone) TokenGone(platform, row.Owner.Text, row.Device, outcome.Code);
                await outbox.SettleAsync(row, gone ? null : Later(row, outcome, now + SuspectWait), cancellationToken).ConfigureAwait(false);
                return;
            case PushVerdict.DeadLetter:
            case PushVerdict.RetryTwice when row.Attempts >= 2:
                SetAside(platform, row.Owner.Text, row.Device, outcome.Code);
                await outbox.SetAsideAsync(row with { LastCode = outcome.Code }, outcome.Code, cancellationToken).ConfigureAwait(false);
                return;
            case PushVerdict.LaneBroken:
                LaneBroken(platform, outcome.Code);
                await outbox.SettleAsync(row, row with { Due = now + options.BrokenLaneRest, LastCode = outcome.Code }, cancellationToken).ConfigureAwait(false);
                return;
            case PushVerdict.LanePaused:
                await outbox.SettleAsync(row, row with { Due = now + (outcome.RetryAfter ?? Backoff.After(row.Attempts, options.MaxBackoff)), LastCode = outcome.Code }, cancellationToken)
                    .ConfigureAwait(false);
                return;
            case PushVerdict.DeviceThrottled:
                await outbox.SettleAsync(row, Later(row, outcome, now + (outcome.RetryAfter ?? ThrottledWait)), cancellationToken).ConfigureAwait(false);
                return;
            default:
                metrics.Retried(platform);
                var wait = Backoff.After(row.Attempts, options.MaxBackoff);
                await outbox.SettleAsync(row, Later(row, outcome, now + (outcome.RetryAfter > wait ? outcome.RetryAfter.Value : wait)), cancellationToken).ConfigureAwait(false);
                return;
        }
    }

    private static PendingPush Later(PendingPush row, PushOutcome outcome, DateTimeOffset due) =>
        row with { Due = due, Attempts = row.Attempts + 1, LastCode = outcome.Code };

    [LoggerMessage(LogLevel.Information, "{Platform} says that the token of device {Device} of {Owner} is dead ({Code}); its registration goes.")]
    private partial void TokenGone(Core.Devices.PushPlatform platform, string owner, string device, string code);

    [LoggerMessage(LogLevel.Error, "{Platform} says that the token of device {Device} of {Owner} belongs to another project ({Code}); its registration goes. Is the app built for this project?")]
    private partial void TokenForeign(Core.Devices.PushPlatform platform, string owner, string device, string code);

    [LoggerMessage(LogLevel.Error, "{Platform} refuses the push for device {Device} of {Owner} for good ({Code}); it was set aside, the token stays.")]
    private partial void SetAside(Core.Devices.PushPlatform platform, string owner, string device, string code);

    [LoggerMessage(LogLevel.Error, "{Platform} refuses this server ({Code}): mend the credentials or the project. No token was deleted; pushes wait.")]
    private partial void LaneBroken(Core.Devices.PushPlatform platform, string code);
}
