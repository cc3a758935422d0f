using Krewe.Core.Accounts;
using Krewe.Core.Administration;
using Krewe.Core.Connections;
using Krewe.Core.Errors;
using Krewe.Core.Gateways;
using Krewe.Core.Users;

namespace Krewe.Grains.Users;

// A user's account: that it exists, how it proves itself, which tokens are good.
internal sealed partial class UserGrain : IAccountGrain
{
    private static readonly Fault NameTaken = new(FaultCode.AccountExists, "The name is taken.") { Member = "username" };
    private static readonly Fault Disabled = new(FaultCode.Unauthorized, "The operator has disabled the account.");
    private static readonly Fault SignedOut = new(FaultCode.Unauthorized, "The token was signed out.");

    // A name that was asked for in vain is held so long: as long as it stays, it answers as fast as a user's.
    private static readonly TimeSpan UnknownStays = TimeSpan.FromSeconds(30);

    private LoginThrottle _throttle = null!;
    private bool _creating;
    private Task? _deleting;

    // On the list already, and not yet in the account's own state.
    private bool _deletionBegins;
    private IGrainTimer? _leaving;

    private bool IsActive => _account.Value.Status == AccountStatus.Active && !_creating;

    private bool IsDisabled => _account.Value.Status == AccountStatus.Disabled;

    public ValueTask<bool> ExistsAsync() => ValueTask.FromResult(IsActive);

    public ValueTask<Outcome<Done>> CreateAsync(Credentials credentials) => CreateAccountAsync(credentials);

    public ValueTask<Outcome<LoginChallenge>> BeginLoginAsync()
    {
        if (!_throttle.TryBegin(out var retryAfter))
        {
            _services.Metrics.LoginThrottled();
            return new(new Fault(FaultCode.RateLimited, "Too many failed logins; wait a while.") { RetryAfter = retryAfter });
        }
        // Pretended for everybody, so that it takes as long for a user that exists.
        var pretended = Scram.Pretend(_services.Secret.Key.Span, _owner.Text, _services.Scram.Iterations);
        var real = IsActive ? _account.Value.Credentials : null;
        return new(new LoginChallenge(real ?? pretended, real is not null));
    }

    public ValueTask EndLoginAsync(bool succeeded)
    {
        _throttle.End(succeeded);
        if (!succeeded) _services.Metrics.LoginFailed();
        return default;
    }

    public async ValueTask<Outcome<Done>> ChangePasswordAsync(Credentials credentials)
    {
        if (!IsActive) return NoAccount;
        _account.Value.Credentials = credentials;
        return await _account.TrySaveAsync();
    }

    public async ValueTask<Outcome<Done>> OpenTokenAsync(TokenInfo token)
    {
        if (!IsActive) return NoAccount;
        // A second later it would be good: a sign-in must not end in a token that is dead from the start.
        if (_account.Value.IsSignedOut(token)) return Fault.Unavailable("The device was signed out this very second; sign in again.", TimeSpan.FromSeconds(1));
        var known = _devices.Value.Devices.ContainsKey(token.Device);
        if (Touch(token.Device) is { } fault) return fault;
        return known ? default(Done) : await _devices.TrySaveAsync();
    }

    public ValueTask<Outcome<Done>> AuthorizeAsync(TokenInfo token)
    {
        if (IsDisabled) return new(Disabled);
        if (!IsActive) return token.External ? AuthorizeNewAsync(token) : new(NoAccount);
        if (_account.Value.IsRevoked(token)) return new(SignedOut);
        if (Touch(token.Device) is { } fault && token.External) return new(fault);
        if (LastSeenIsDue) _ = SaveLastSeenAsync();
        return new(default(Done));
    }

    public async ValueTask<Outcome<Done>> RevokeTokenAsync(TokenInfo token)
    {
        if (!IsActive) return NoAccount;
        // Whoever signs out on a phone does not want to read on its screen what others write. First, so that a failure leaves a token to try again with.
        var unregistered = await UnregisterPushAsync(token.Device);
        if (unregistered.Fault is not null) return unregistered;
        _account.Value.Revoke(token, _services.Time.GetUtcNow());
        var saved = await _account.TrySaveAsync();
        if (saved.Fault is null) _sessions.PublishAll(new CloseEvent(_owner, token.TokenId, CloseReason.SignedOut));
        return saved;
    }

    public async ValueTask<Outcome<Done>> DeleteAsync()
    {
        if (!IsActive) return NoAccount;
        return await DeleteAccountAsync();
    }

    private async ValueTask<Outcome<Done>> DeleteAccountAsync()
    {
        if (_account.Value.Status != AccountStatus.Deleting)
        {
            if (!await ListDeletionAsync(list => list.BeginAsync(_owner))) return StoreFaults.Unavailable;
            _account.Value.Status = AccountStatus.Deleting;
            _account.Value.Credentials = null;
            _account.Value.RevokedTokens.Clear();
            _account.Value.SignedOutDevices.Clear();
            var begun = await _account.TrySaveAsync();
            _deletionBegins = false;
            if (begun.Fault is not null) return begun;
        }
        try
        {
            // An earlier attempt that failed has said so in the log only.
            if (_deleting is { IsCompleted: true }) _deleting = null;
            await (_deleting ??= FinishDeletionAsync());
            return _account.Value.Status == AccountStatus.Deleted ? default(Done) : StoreFaults.Unavailable;
        }
        catch (Exception exception)
        {
            // The account is gone for everybody already; what is left of it goes when the grain is loaded again.
            LogDeletionPutOff(exception, _owner);
            DeactivateOnIdle();
            return StoreFaults.Unavailable;
        }
    }

    private async ValueTask<Outcome<Done>> CreateAccountAsync(Credentials? credentials)
    {
        if (_account.Value.Status != AccountStatus.None) return NameTaken;
        (_account.Value.Status, _account.Value.Credentials, _creating) = (AccountStatus.Active, credentials, true);
        _account.Value.CreatedAt = _services.Time.GetUtcNow();
        try
        {
            var saved = await _account.TrySaveAsync();
            if (saved.Fault is null) _services.Metrics.AccountCreated();
            return saved;
        }
        finally
        {
            _creating = false;
        }
    }

    /// <summary>The configured issuer vouches for somebody whom we see for the first time.</summary>
    private async ValueTask<Outcome<Done>> AuthorizeNewAsync(TokenInfo token)
    {
        if (_creating) return StoreFaults.Moved;
        if (_account.Value.Status != AccountStatus.None) return NoAccount;
        var created = await CreateAccountAsync(credentials: null);
        return created.Fault is null ? await OpenTokenAsync(token) : created;
    }

    /// <summary>Goes on with a deletion that an earlier activation had begun; nobody waits for it but the deactivation.</summary>
    private async Task ResumeDeletionAsync()
    {
        try
        {
            await FinishDeletionAsync();
        }
        catch (Exception exception)
        {
            LogDeletionPutOff(exception, _owner);
        }
    }

    /// <summary>Notes the deletion where it is found again after a kill. False if that cannot be done now.</summary>
    private async Task<bool> ListDeletionAsync(Func<IDeletionListGrain, Task> note)
    {
        _deletionBegins = _account.Value.Status != AccountStatus.Deleting;
        try
        {
            await note(GrainFactory.GetGrain<IDeletionListGrain>(0));
            return true;
        }
        catch (Exception exception)
        {
            _deletionBegins = false;
            LogDeletionNotListed(exception, _owner);
            return false;
        }
    }

    /// <summary>Every step may be repeated: after a crash it begins anew.</summary>
    private async Task FinishDeletionAsync()
    {
        _sessions.PublishAll(new CloseEvent(_owner, TokenId: null, CloseReason.AccountDeleted));
        await EndRosterAsync();
        await EndMailboxAsync();
        await EndPushesAsync();
        _account.Value.Status = AccountStatus.Deleted;
        await _account.SaveAsync();
        // Where that fails, whoever looks through the list finds that nothing is left to do.
        await ListDeletionAsync(list => list.EndAsync(_owner));
        _services.Metrics.AccountDeleted();
        LogDeleted(_owner);
        DeactivateOnIdle();
    }

    /// <summary>Activations of names that nobody has must not fill the memory.</summary>
    private void LeaveSoonIfUnknown()
    {
        if (_account.Value.Status is AccountStatus.Active) return;
        _leaving = this.RegisterGrainTimer(static (grain, _) => grain.LeaveIfUnknownAsync(), this, UnknownStays, UnknownStays);
    }

    private Task LeaveIfUnknownAsync()
    {
        if (_account.Value.Status is AccountStatus.Active) _leaving?.Dispose();
        else if (_throttle.IsClear) DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
