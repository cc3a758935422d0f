using Krewe.Core.Addresses;
using Krewe.Core.Users;
using Microsoft.Extensions.DependencyInjection;

namespace Krewe.TestKit;

public sealed partial class KreweCluster
{
    private static readonly TimeSpan MembershipPatience = TimeSpan.FromSeconds(30);

    private int _started;

    /// <summary>Starts one more silo.</summary>
    /// <returns>Its number.</returns>
    public async Task<int> StartSiloAsync()
    {
        var handle = await _cluster.StartSiloAsync(Interlocked.Increment(ref _started) - 1, _cluster.Options);
        var slot = new SiloSlot(handle, handle.ServiceProvider.GetService<TestGateway>());
        lock (_lock)
        {
            _silos.Add(slot);
            return _silos.Count - 1;
        }
    }

    /// <summary>Kills a silo: its connections break without a word, its memory is lost, and the others find out by themselves, in about a second.
    /// What was acknowledged is in the store.</summary>
    public Task KillSiloAsync(int silo) => StopAsync(Running(silo), abort: true);

    /// <summary>Stops a silo as an operator does: clients are told to come back elsewhere, grains move, then it leaves the cluster.</summary>
    public Task StopSiloAsync(int silo) => StopAsync(Running(silo), abort: false);

    /// <summary>Tells which silo holds a user's grain now; null if none does.</summary>
    /// <param name="user">A name, or an address.</param>
    public async Task<int?> FindUserAsync(string user)
    {
        var slot = AnyRunning();
        var grains = slot.Handle.ServiceProvider.GetRequiredService<IGrainFactory>();
        var address = await grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grains.GetGrain<IMailboxGrain>(AddressOf(user).Text));
        if (address is null) return null;
        lock (_lock)
        {
            var index = _silos.FindIndex(silo => silo.Handle.SiloAddress.Equals(address));
            return index < 0 ? null : index;
        }
    }

    private Jid AddressOf(string user) =>
        Jid.TryParseUser(user, _options.Domain, out var address, out var error) ? address : throw new ArgumentException(error, nameof(user));

    private SiloSlot AnyRunning()
    {
        lock (_lock) return _silos.FirstOrDefault(static silo => silo.IsRunning) ?? throw new InvalidOperationException("All silos are down.");
    }

    private async Task StopAsync(SiloSlot silo, bool abort)
    {
        lock (_lock) silo.IsRunning = false;
        if (abort && silo.Gateway is { } gateway) await gateway.AbortAsync();
        await (abort ? _cluster.KillSiloAsync(silo.Handle) : _cluster.StopSiloAsync(silo.Handle));
    }

    /// <summary>Until then a silo may not know of another, and its grains would not be placed there.</summary>
    private async Task WaitForMembersAsync()
    {
        using var patience = new CancellationTokenSource(MembershipPatience);
        foreach (var silo in _silos)
        {
            var membership = silo.Handle.ServiceProvider.GetRequiredService<IClusterMembershipService>();
            try
            {
                await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(patience.Token))
                {
                    if (snapshot.Members.Values.Count(static member => member.Status == SiloStatus.Active) >= _silos.Count) break;
                }
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Silo {silo.Handle.Name} did not see all {_silos.Count} silos within {MembershipPatience}.");
            }
        }
    }
}
