using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Krewe.Core.Addresses;
using Krewe.Core.Devices;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;
using Krewe.Grains.Mailboxes;

namespace Krewe.Grains.Push;

/// <summary>Decides which rows of the outbox go and come with a mailbox's commits. What is sent in the end is decided when a row is due, by <see cref="PushComposer"/>.</summary>
/// <param name="isSilenced">The user does not want to hear of this person at the moment.</param>
internal sealed class PushPlanner(Jid owner, PushPolicyOptions options, PushActivity activity, Func<Jid, bool> isSilenced, TimeProvider time)
{
    private PushTarget[] _targets = [];

    /// <summary>False for a user without a registered device, who costs nothing.</summary>
    public bool HasTargets => _targets.Length > 0;

    public PushTarget? Find(string device) => Array.Find(_targets, target => target.Device == device);

    /// <summary>Takes the registrations as they are now; what is known of rows stays.</summary>
    public void SetTargets(IEnumerable<Device> devices)
    {
        var known = _targets;
        _targets = [.. devices.Where(device => device.Push is not null).Select(device =>
        {
            var target = Array.Find(known, target => target.Device == device.Name) ?? new PushTarget(device.Name, device.Push!);
            target.Registration = device.Push!;
            return target;
        })];
    }

    /// <summary>What was committed is in doubt.</summary>
    public void Forget()
    {
        foreach (var target in _targets) (target.Waiting, target.Clearing) = (null, false);
    }

    /// <summary>New items, numbered and on their way to the disk.</summary>
    public ImmutableArray<PushWrite> Appended(ReadOnlySpan<MailboxItem> items)
    {
        if (_targets.Length == 0) return [];
        long newest = 0;
        var urgent = false;
        foreach (var item in items)
        {
            if (!item.IsNewsTo(owner) || isSilenced(item.From)) continue;
            newest = item.Seq;
            urgent |= item.Hints.HasFlag(PushHints.Urgent);
        }
        if (newest == 0) return [];
        var now = time.GetUtcNow();
        var writes = new PushWrite[_targets.Length];
        for (var i = 0; i < writes.Length; i++) writes[i] = Announce(_targets[i], newest, now, DueOf(_targets[i], now, urgent));
        return ImmutableCollectionsMarshal.AsImmutableArray(writes);
    }

    /// <summary>A device has acked, and <paramref name="state"/> says so already.</summary>
    /// <param name="last">The newest item that is durable.</param>
    /// <param name="changed">Set if the state was changed further.</param>
    public ImmutableArray<PushWrite> Acked(MailboxState state, string device, long seq, bool read, long last, ref bool changed)
    {
        if (_targets.Length == 0) return [];
        var covers = activity.Acked(device) || read;
        var pushes = state.Pushes;
        if (covers && seq > pushes.Covered) (pushes.Covered, changed) = (seq, true);
        var writes = ImmutableArray.CreateBuilder<PushWrite>();
        foreach (var target in _targets)
        {
            var own = target.Device == device;
            // Where it was read, the app itself takes its notifications away.
            if (own && read && Shows(state, target) && pushes.Shown.Remove(target.Device)) changed = true;
            if (Replan(state, target, own || covers ? seq : 0, read, last) is { } write) writes.Add(write);
        }
        return writes.DrainToImmutable();
    }

    /// <summary>A push was taken by its service.</summary>
    /// <returns>Null if that changes nothing.</returns>
    public ImmutableArray<PushWrite>? Sent(MailboxState state, string device, PushKind kind, long seq, long last)
    {
        var shown = state.Pushes.Shown;
        if (Find(device) is not { } target) return shown.Remove(device) ? [] : null;
        switch (kind)
        {
            case PushKind.Message:
                shown[device] = Math.Max(seq, shown.GetValueOrDefault(device));
                if ((target.Waiting ?? last) <= seq) target.Waiting = 0;
                // It may have been read elsewhere while the push was on its way.
                return Replan(state, target, seq, read: true, last) is { } clear ? [clear] : [];
            case PushKind.Clear:
                target.Clearing = false;
                return shown.TryGetValue(device, out var newest) && newest <= seq && shown.Remove(device) ? [] : null;
            default:
                return null;
        }
    }

    /// <summary>A device was registered in place of an earlier registration of its own: what waits for it goes the new way.</summary>
    public ImmutableArray<PushWrite> Renewed(MailboxState state, string device, PushRegistration before, long last)
    {
        if (Find(device) is not { } target) return [];
        // Another app's notifications went with it.
        if (before.Platform != target.Registration.Platform || before.App != target.Registration.App) state.Pushes.Shown.Remove(device);
        // Taken away first, so that a worker who has it and hears that the old token is dead does not end it.
        var away = new PushWrite(device, null);
        target.Clearing = false;
        if (target.Waiting == 0 || last <= Seen(state, device)) return [away];
        var now = time.GetUtcNow();
        return [away, Announce(target, target.Waiting ?? last, now, DueOf(target, now, urgent: false))];
    }

    /// <summary>A device can be woken no longer.</summary>
    public static ImmutableArray<PushWrite> Removed(MailboxState state, string device)
    {
        state.Pushes.Shown.Remove(device);
        return [new PushWrite(device, null)];
    }

    /// <summary>Up to where a device needs to hear of nothing.</summary>
    public static long Seen(MailboxState state, string device) => Math.Max(
        Math.Max(state.Read, state.Pushes.Covered), Math.Max(state.Acked.GetValueOrDefault(device), state.Pushes.Shown.GetValueOrDefault(device)));

    /// <summary>The device shows messages, and all of them have been read.</summary>
    public static bool MustClear(MailboxState state, string device) => state.Pushes.Shown.TryGetValue(device, out var shown) && shown <= state.Read;

    private static bool Shows(MailboxState state, PushTarget target) => MustClear(state, target.Device);

    /// <param name="through">Up to where the device needs no waking any more.</param>
    /// <param name="read">It may have become time to clear.</param>
    private PushWrite? Replan(MailboxState state, PushTarget target, long through, bool read, long last)
    {
        var done = target.Waiting is { } waiting ? waiting <= through : last <= through;
        if (Shows(state, target))
        {
            if (!read || target.Clearing) return null;
            if (done) return Clear(target, state.Read);
            // Nobody knows whether a message waits: its row, when it is due, finds out and clears if there is none.
            return target.Waiting is null ? Announce(target, last, time.GetUtcNow(), time.GetUtcNow() + options.Grace) : null;
        }
        if (!done || (target.Waiting == 0 && !target.Clearing)) return null;
        (target.Waiting, target.Clearing) = (0, false);
        return new PushWrite(target.Device, null);
    }

    private PushWrite Clear(PushTarget target, long seq)
    {
        (target.Waiting, target.Clearing) = (0, true);
        var now = time.GetUtcNow();
        return Row(target, PushKind.Clear, seq, now, now);
    }

    private PushWrite Announce(PushTarget target, long seq, DateTimeOffset now, DateTimeOffset due)
    {
        (target.Waiting, target.Clearing) = (seq, false);
        return Row(target, PushKind.Message, seq, now, due);
    }

    private DateTimeOffset DueOf(PushTarget target, DateTimeOffset now, bool urgent)
    {
        // Something urgent waits for a session only where there seems to be one.
        if (urgent) return now + activity.WaitFor(target.Device);
        var due = now + options.Grace;
        return target.Registration.QuietHours?.EndAfter(due) ?? due;
    }

    private PushWrite Row(PushTarget target, PushKind kind, long seq, DateTimeOffset since, DateTimeOffset due) => new(target.Device, new PendingPush
    {
        Owner = owner, Device = target.Device, Kind = kind, Seq = seq, Due = due, Since = since, Platform = target.Registration.Platform,
    });
}
