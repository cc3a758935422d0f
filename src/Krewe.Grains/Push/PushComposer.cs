using Krewe.Core.Addresses;
using Krewe.Core.Devices;
using Krewe.Core.Push;
using Krewe.Core.Users;
using Krewe.Grains.Mailboxes;

namespace Krewe.Grains.Push;

/// <summary>Decides, when a row is due, what its device is to be told: the newest state, whatever the row was made for.</summary>
/// <param name="isSilenced">The user does not want to hear of this person at the moment.</param>
/// <param name="key">What conversations' ids are made with.</param>
internal sealed class PushComposer(
    Mailbox mailbox, UnreadCounter unread, PushActivity activity, PushPolicyOptions options, Func<Jid, bool> isSilenced, ReadOnlyMemory<byte> key, TimeProvider time)
{
    private readonly PushSearch _search = new(mailbox, isSilenced);

    public async ValueTask<PushPlan> PrepareAsync(PendingPush pending, PushRegistration registration)
    {
        // A row may be due before what it is about can be seen.
        await mailbox.CatchUpAsync(pending.Seq);
        switch (pending.Kind)
        {
            case PushKind.Message:
                if (await _search.FindAsync(PushPlanner.Seen(mailbox.State, pending.Device)) is not { } news) return await ClearAsync(pending, registration);
                return WaitUntil(pending.Device, registration, news) is { } later ? new PushPlan(null, later) : await AnnounceAsync(pending, registration, news);
            case PushKind.Clear:
                return await ClearAsync(pending, registration);
            case PushKind.Test:
                return Send(await NoticeAsync(pending, registration, mailbox.Owner) with { Seq = mailbox.Last });
            default:
                return PushPlan.Needless;
        }
    }

    /// <summary>Null if now is the time.</summary>
    private DateTimeOffset? WaitUntil(string device, PushRegistration registration, News news)
    {
        if (news.Urgent) return null;
        var now = time.GetUtcNow();
        if (registration.QuietHours?.EndAfter(now) is { } morning) return morning;
        var wait = activity.WaitFor(device);
        return wait > TimeSpan.Zero ? now + wait : null;
    }

    private async ValueTask<PushPlan> AnnounceAsync(PendingPush pending, PushRegistration registration, News news)
    {
        var notice = await NoticeAsync(pending, registration, news.Newest.From);
        // Counting may have taken a while; meanwhile it may have been read.
        if (news.Newest.Seq <= PushPlanner.Seen(mailbox.State, pending.Device)) return await ClearAsync(pending, registration);
        var preview = registration.Preview ?? PushPreview.Full;
        return Send(notice with
        {
            Kind = PushKind.Message,
            Seq = Math.Max(news.Newest.Seq, Math.Min(pending.Seq, mailbox.Last)),
            From = preview == PushPreview.None ? null : news.Newest.From,
            // The sender's client may have put anything into it.
            MessageId = preview == PushPreview.None ? null : news.Newest.Id,
            Preview = preview == PushPreview.Full ? PreviewText.Of(news.Body) : null,
            Urgent = news.Urgent,
            Silent = news.Silent,
        });
    }

    private async ValueTask<PushPlan> ClearAsync(PendingPush pending, PushRegistration registration)
    {
        if (!PushPlanner.MustClear(mailbox.State, pending.Device)) return PushPlan.Needless;
        var shown = mailbox.State.Pushes.Shown[pending.Device];
        var items = await mailbox.ReadBetweenAsync(shown - 1, shown, 1);
        // Of what retention took, nobody knows any more whose it was.
        var notice = await NoticeAsync(pending, registration, items.IsEmpty ? mailbox.Owner : items[0].PeerOf(mailbox.Owner));
        return PushPlanner.MustClear(mailbox.State, pending.Device)
            ? Send(notice with { Kind = PushKind.Clear, Seq = mailbox.State.Read, Silent = true })
            : PushPlan.Needless;
    }

    private async ValueTask<PushNotice> NoticeAsync(PendingPush pending, PushRegistration registration, Jid peer) => new()
    {
        Owner = pending.Owner,
        Device = pending.Device,
        Registration = registration,
        Kind = pending.Kind,
        Seq = pending.Seq,
        Unread = await unread.CountAsync(),
        Conversation = ConversationId.Of(key.Span, mailbox.Owner, peer),
        ExpiresAt = pending.Since + options.Expiry,
    };

    private static PushPlan Send(PushNotice notice) => new(notice, null);
}
