using System.Collections.Immutable;
using Krewe.Core.Accounts;
using Krewe.Core.Administration;
using Krewe.Core.Connections;
using Krewe.Core.Errors;
using Krewe.Core.Gateways;

namespace Krewe.Grains.Users;

// What the operator does with a user.
internal sealed partial class UserGrain : IUserAdminGrain
{
    private static readonly Fault NoSuchUser = new(FaultCode.NotFound, "No user has this name.") { Member = "user" };
    private static readonly Fault UserDeleted = new(FaultCode.NotFound, "The user was deleted.") { Member = "user" };

    /// <summary>There for the operator: active or disabled.</summary>
    private bool IsHeld => IsActive || IsDisabled;

    private Fault NotHeld => _account.Value.Status == AccountStatus.None || _creating ? NoSuchUser : UserDeleted;

    private UserStatus Status => _account.Value.Status switch
    {
        AccountStatus.Active => UserStatus.Active,
        AccountStatus.Disabled => UserStatus.Disabled,
        AccountStatus.Deleting => UserStatus.Deleting,
        _ => UserStatus.Deleted,
    };

    public ValueTask<Outcome<AccountReport>> StatusAsync() =>
        new(_account.Value.Status == AccountStatus.None || _creating ? NoSuchUser : new AccountReport(Status, _account.Value.CreatedAt));

    public async ValueTask<Outcome<UserReport>> DescribeAsync()
    {
        if (_account.Value.Status == AccountStatus.None || _creating) return NoSuchUser;
        var mailbox = IsHeld ? await DescribeMailboxAsync() : null;
        return new UserReport
        {
            Address = _owner,
            Status = Status,
            CreatedAt = _account.Value.CreatedAt,
            HasPassword = _account.Value.Credentials is not null,
            Core = _live.Core,
            Devices = [.. _devices.Value.Devices.Values.OrderBy(device => device.Name, StringComparer.Ordinal).Select(device => new DeviceReport(
                device.Name, device.LastSeen, _mailbox.State.Acked.GetValueOrDefault(device.Name),
                device.Push?.Platform, device.Push?.App, device.Push?.RegisteredAt))],
            Sessions = [.. _sessions.Sessions.OrderBy(session => session.SessionId, StringComparer.Ordinal)],
            Mailbox = mailbox,
            Contacts = Contacts.Visible.Count(),
            Blocks = _roster.Value.Blocks.Count,
            Mutes = Mutes.All.Length,
        };
    }

    public ValueTask<Outcome<int>> KickAsync(string? sessionId, CloseReason reason)
    {
        if (!IsHeld) return new(NotHeld);
        if (sessionId is null)
        {
            _sessions.PublishAll(new CloseEvent(_owner, TokenId: null, reason));
            return new(_sessions.Count);
        }
        if (_sessions.Find(sessionId) is not { } session)
            return new(new Fault(FaultCode.NotFound, "The user has no such session.") { Member = "session" });
        _sessions.PublishTo(session, new CloseEvent(_owner, TokenId: null, reason));
        return new(1);
    }

    public async ValueTask<Outcome<Done>> SetDisabledAsync(bool disabled)
    {
        if (!IsHeld) return NotHeld;
        if (disabled == IsDisabled) return default(Done);
        _account.Value.Status = disabled ? AccountStatus.Disabled : AccountStatus.Active;
        var saved = await _account.TrySaveAsync();
        if (saved.Fault is null && disabled) _sessions.PublishAll(new CloseEvent(_owner, TokenId: null, CloseReason.AccountDisabled));
        return saved;
    }

    public async ValueTask<Outcome<Done>> SignOutAsync(string? device)
    {
        if (!IsHeld) return NotHeld;
        if (device is not null && !_devices.Value.Devices.ContainsKey(device))
            return new Fault(FaultCode.NotFound, "The user has no such device.") { Member = "device" };
        // As for a user who signs out: first, so that a failure can be repeated.
        foreach (var name in device is null ? _devices.Value.Devices.Keys.ToArray() : [device])
        {
            var unregistered = await UnregisterPushAsync(name);
            if (unregistered.Fault is not null) return unregistered;
        }
        _account.Value.SignOut(device, _services.Time.GetUtcNow());
        var saved = await _account.TrySaveAsync();
        if (saved.Fault is null) CloseSessionsOf(device);
        return saved;
    }

    public async ValueTask<Outcome<Done>> ResetPasswordAsync(Credentials credentials, bool signOut)
    {
        if (!IsHeld) return NotHeld;
        _account.Value.Credentials = credentials;
        if (signOut) _account.Value.SignOut(device: null, _services.Time.GetUtcNow());
        var saved = await _account.TrySaveAsync();
        if (saved.Fault is null && signOut) CloseSessionsOf(device: null);
        return saved;
    }

    public async ValueTask<Outcome<Done>> RemoveAsync()
    {
        if (_account.Value.Status == AccountStatus.Deleted) return default(Done);
        if (_account.Value.Status == AccountStatus.None || _creating) return NoSuchUser;
        return await DeleteAccountAsync();
    }

    public async ValueTask<Outcome<bool>> ResumeRemovalAsync()
    {
        if (_account.Value.Status != AccountStatus.Deleting) return !_deletionBegins;
        return (await DeleteAccountAsync()).Fault is { } fault ? fault : true;
    }

    private void CloseSessionsOf(string? device)
    {
        var close = new CloseEvent(_owner, TokenId: null, CloseReason.SignedOut);
        if (device is null) _sessions.PublishAll(close);
        else
            foreach (var session in _sessions.Sessions.Where(session => session.Device == device)) _sessions.PublishTo(session, close);
    }

    private async ValueTask<MailboxReport?> DescribeMailboxAsync()
    {
        try
        {
            await _mailbox.OpenAsync();
            var unread = await _unread.CountAsync();
            return new MailboxReport(_mailbox.First, _mailbox.Last, unread, _mailbox.State.Delivered, _mailbox.State.Read);
        }
        catch (Exception exception) when (IsStoreTrouble(exception))
        {
            return null;
        }
    }
}
