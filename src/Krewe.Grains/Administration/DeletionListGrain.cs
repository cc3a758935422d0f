using System.Collections.Immutable;
using Krewe.Core;
using Krewe.Core.Addresses;
using Krewe.Core.Administration;
using Krewe.Core.Silos;
using Krewe.Grains.Draining;
using Krewe.Grains.Users;
using Orleans.Concurrency;

namespace Krewe.Grains.Administration;

/// <inheritdoc cref="IDeletionListGrain"/>
[Reentrant, CoreSilos, ServingSilo, GrainType("deletions")]
internal sealed class DeletionListGrain : Grain, IDeletionListGrain
{
    private readonly SavedState<DeletionListState> _state;

    public DeletionListGrain([PersistentState("deletions", KreweDefaults.GrainStorage)] IPersistentState<DeletionListState> state) => _state = new(state, DeactivateOnIdle);

    public Task BeginAsync(Jid user) => _state.Value.Users.Add(user) ? _state.SaveAsync() : _state.SettleAsync();

    public Task EndAsync(Jid user) => _state.Value.Users.Remove(user) ? _state.SaveAsync() : Task.CompletedTask;

    public ValueTask<ImmutableArray<Jid>> ListAsync() => new([.. _state.Value.Users]);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _state.SettleAsync();
}

/// <summary>What is kept of it.</summary>
[GenerateSerializer, Alias("krewe.DeletionListState")]
internal sealed class DeletionListState
{
    [Id(0)] public HashSet<Jid> Users { get; set; } = [];
}
