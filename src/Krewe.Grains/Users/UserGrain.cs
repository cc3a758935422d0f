using Krewe.Core;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Silos;
using Krewe.Grains.Contacts;
using Krewe.Grains.Draining;
using Krewe.Grains.Presence;
using Krewe.Grains.Sessions;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Krewe.Grains.Users;

/// <summary>One user: a thin shell over the plain classes of this folder. Each contract is in its own part of the class.</summary>
[Reentrant, PreferLocalPlacement, CoreSilos, ServingSilo, GrainType("user")]
internal sealed partial class UserGrain : Grain, IGrainMigrationParticipant
{
    private const string LostState = "krewe.lost";

    private static readonly Fault NoAccount = new(FaultCode.Unauthorized, "The account does not exist.");

    private readonly SavedState<AccountState> _account;
    private readonly SavedState<RosterState> _roster;
    private readonly SavedState<DeviceState> _devices;
    private readonly UserServices _services;
    private readonly PresenceServices _live;
    private Jid _owner;
    private bool _readAgain;
    private SessionTable _sessions = null!;

    public UserGrain(
        [PersistentState("account", KreweDefaults.GrainStorage)] IPersistentState<AccountState> account,
        [PersistentState("roster", KreweDefaults.GrainStorage)] IPersistentState<RosterState> roster,
        [PersistentState("devices", KreweDefaults.GrainStorage)] IPersistentState<DeviceState> devices,
        UserServices services,
        PresenceServices live)
    {
        _account = new(account, DeactivateOnIdle);
        _roster = new(roster, DeactivateOnIdle);
        _devices = new(devices, DeactivateOnIdle);
        _services = services;
        _live = live;
        _logger = services.Logger;
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (_readAgain) await Task.WhenAll(_account.ReadAsync(), _roster.ReadAsync(), _devices.ReadAsync());
        _owner = Jid.FromCanonical(this.GetPrimaryKeyString());
        _throttle = new LoginThrottle(_services.Limits, _services.Time);
        PrepareSessions();
        PreparePresence();
        PrepareSubscriptions();
        PrepareMailbox();
        LeaveSoonIfUnknown();
        if (_account.Value.Status == AccountStatus.Deleting) _deleting = ResumeDeletionAsync();
        _services.Local.Add(GrainContext);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _services.Local.Remove(GrainContext);
        if (_deleting is not null) await _deleting.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await EndSessionsAsync();
        await LeaveMailboxAsync(cancellationToken);
        await SaveLastSeenAsync();
        await Task.WhenAll(_account.SettleAsync(), _roster.SettleAsync(), _devices.SettleAsync());
    }

    // The grain moves to another silo: Orleans hands the persistent state over, the mailbox is read again. An activation that is about to go
    // because a write failed may move, too.
    void IGrainMigrationParticipant.OnDehydrate(IDehydrationContext dehydrationContext) =>
        dehydrationContext.TryAddValue(LostState, _account.IsLost || _roster.IsLost || _devices.IsLost);

    void IGrainMigrationParticipant.OnRehydrate(IRehydrationContext rehydrationContext) =>
        _readAgain = !rehydrationContext.TryGetValue(LostState, out bool lost) || lost;
}
