using Krewe.Core.Devices;
using Krewe.Core.Push;
using Krewe.Core.Users;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Krewe.Push.Delivery;

/// <summary>Delivers one row: asks the user's grain what to say, makes one attempt, does what the answer asks for.</summary>
internal sealed partial class PushDelivery(
    IPushOutbox outbox, IGrainFactory grains, Lanes lanes, PushOptions options, IOptions<PushPolicyOptions> policy, PushReport report, TimeProvider time, ILogger<PushDelivery> log)
{
    private static readonly TimeSpan SuspectWait = TimeSpan.FromSeconds(30);

    // FCM: collapsible messages one in three minutes; what a throttled device gets then is the newest state.
    private static readonly TimeSpan ThrottledWait = TimeSpan.FromMinutes(3);

    /// <param name="row">What was claimed.</param>
    /// <param name="permit">The right to one attempt at the push service that the row was claimed for; null: it is not configured.</param>
    public async Task DeliverAsync(PendingPush row, LanePermit? permit, CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() - row.Since > policy.Value.Expiry)
        {
            report.Expired(row.Platform);
            await outbox.SettleAsync(row, null, cancellationToken).ConfigureAwait(false);
            return;
        }
        var grain = grains.GetGrain<IPushGrain>(row.Owner.Text);
        PushPlan plan;
        try
        {
            plan = await grain.PreparePushAsync(row).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // A part of the cluster is away; nothing is known against the device or the service.
            NotPrepared(error, row.Device, row.Owner.Text);
            await outbox.SettleAsync(row, row with { Due = time.GetUtcNow() + Backoff.After(3, options.MaxBackoff) }, cancellationToken).ConfigureAwait(false);
            return;
        }
        if (plan.Notice is not { } notice)
        {
            await outbox.SettleAsync(row, plan.NotBefore is { } later ? row with { Due = later } : null, cancellationToken).ConfigureAwait(false);
            return;
        }
        if (!lanes.TryGet(notice.Registration.Platform, out var sender, out _) || !sender.Serves(notice.Registration.App))
        {
            report.NotConfigured(notice.Registration.Platform);
            await outbox.SetAsideAsync(row, $"no sender for {notice.Registration.Platform} app {notice.Registration.App}", cancellationToken).ConfigureAwait(false);
            return;
        }
        if (permit is null || permit.Platform != sender.Platform)
        {
            // The device has changed its push service since the row was written.
            await outbox.SettleAsync(row, row with { Platform = sender.Platform, Due = time.GetUtcNow() }, cancellationToken).ConfigureAwait(false);
            return;
        }
        var outcome = await AttemptAsync(sender, notice, permit, cancellationToken).ConfigureAwait(false);
        await SettleAsync(row, notice, outcome, grain, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<PushOutcome> AttemptAsync(IPushSender sender, PushNotice notice, LanePermit permit, CancellationToken cancellationToken)
    {
        PushOutcome outcome = new(PushVerdict.Retry, "cancelled");
        try
        {
            outcome = await sender.SendAsync(notice, cancellationToken).ConfigureAwait(false);
            return outcome = outcome with { Code = PushCode.Clean(outcome.Code) };
        }
        finally
        {
            permit.Leave(outcome);
        }
    }

    private async Task SettleAsync(PendingPush row, PushNotice notice, PushOutcome outcome, IPushGrain grain, CancellationToken cancellationToken)
    {
        var platform = notice.Registration.Platform;
        var now = time.GetUtcNow();
        report.Attempted(platform, outcome, now - row.Due);
        switch (outcome.Verdict)
        {
            case PushVerdict.Sent:
                await TellSentAsync(grain, notice).ConfigureAwait(false);
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
                await outbox.SettleAsync(row, gone ? null : Later(row, outcome, now + (SuspectWait < options.MaxBackoff ? SuspectWait : options.MaxBackoff)), cancellationToken).ConfigureAwait(false);
                return;
            case PushVerdict.DeadLetter:
            case PushVerdict.RetryTwice when row.Attempts >= 2:
                SetAside(platform, row.Owner.Text, row.Device, outcome.Code);
                await outbox.SetAsideAsync(row with { LastCode = outcome.Code }, outcome.Code, cancellationToken).ConfigureAwait(false);
                return;
            case PushVerdict.LaneBroken:
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
                report.Retried(platform);
                var wait = Backoff.After(row.Attempts, options.MaxBackoff);
                await outbox.SettleAsync(row, Later(row, outcome, now + (outcome.RetryAfter > wait ? outcome.RetryAfter.Value : wait)), cancellationToken).ConfigureAwait(false);
                return;
        }
    }

    private async Task TellSentAsync(IPushGrain grain, PushNotice notice)
    {
        try
        {
            await grain.PushSentAsync(notice.Device, notice.Kind, notice.Seq).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // The push is out: sending it again would be worse than a clear that is not sent.
            NotTold(error, notice.Device, notice.Owner.Text);
        }
    }

    private static PendingPush Later(PendingPush row, PushOutcome outcome, DateTimeOffset due) =>
        row with { Due = due, Attempts = row.Attempts + 1, LastCode = outcome.Code };

    [LoggerMessage(LogLevel.Warning, "What to push to device {Device} of {Owner} could not be asked; it is asked again.")]
    private partial void NotPrepared(Exception error, string device, string owner);

    [LoggerMessage(LogLevel.Warning, "Device {Device} of {Owner} was pushed, but its user's grain could not be told.")]
    private partial void NotTold(Exception error, string device, string owner);

    [LoggerMessage(LogLevel.Information, "{Platform} says that the token of device {Device} of {Owner} is dead ({Code}); its registration goes.")]
    private partial void TokenGone(PushPlatform platform, string owner, string device, string code);

    [LoggerMessage(LogLevel.Error, "{Platform} says that the token of device {Device} of {Owner} belongs to another project ({Code}); its registration goes. Is the app built for this project?")]
    private partial void TokenForeign(PushPlatform platform, string owner, string device, string code);

    [LoggerMessage(LogLevel.Error, "{Platform} refuses the push for device {Device} of {Owner} for good ({Code}); it was set aside, the token stays.")]
    private partial void SetAside(PushPlatform platform, string owner, string device, string code);
}
