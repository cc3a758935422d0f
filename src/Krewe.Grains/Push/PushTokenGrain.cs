using Krewe.Core;
using Krewe.Core.Addresses;
using Krewe.Core.Silos;
using Microsoft.Extensions.Logging;
using Orleans.Placement;

namespace Krewe.Grains.Push;

/// <inheritdoc cref="IPushTokenGrain"/>
[RandomPlacement, CoreSilos, GrainType("push-token")]
internal sealed partial class PushTokenGrain(
    [PersistentState("token", KreweDefaults.GrainStorage)] IPersistentState<PushTokenState> state, TimeProvider time, ILogger<PushTokenGrain> log)
    : Grain, IPushTokenGrain
{
    // A former holder whose silo answers has been told by then; nobody who registers waits longer for others.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    private IGrainTimer? _timer;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        TellLater();
        return Task.CompletedTask;
    }

    public async ValueTask<long> ClaimAsync(PushTokenClaim claim)
    {
        var number = state.State.Take(claim, out var changed);
        if (!changed) return number;
        await SaveAsync();
        await TellAsync();
        return number;
    }

    public async ValueTask ReleaseAsync(Jid owner, string device)
    {
        if (state.State.Holder != new PushTokenHolder(owner, device)) return;
        state.State.Holder = null;
        // The number stays while somebody may know an older one.
        await SaveAsync(clear: state.State.Displaced.Count == 0);
    }

    private async Task TellAsync()
    {
        var told = await Task.WhenAll(state.State.Displaced.Select(former => TellAsync(former.Key, former.Value)));
        var changed = false;
        foreach (var former in told) changed |= former is not null && state.State.Displaced.Remove(former);
        if (changed) await SaveAsync();
        TellLater();
    }

    /// <returns>The former holder, if it knows now. Never throws.</returns>
    private async Task<PushTokenHolder?> TellAsync(PushTokenHolder former, long claim)
    {
        try
        {
            var holder = GrainFactory.GetGrain<IPushTokenHolder>(former.Owner.Text);
            return await holder.LoseTokenAsync(former.Device, this.GetPrimaryKeyString(), claim).AsTask().WaitAsync(Patience, time) ? former : null;
        }
        catch (Exception exception)
        {
            LogNotTold(exception, former.Owner, former.Device);
            return null;
        }
    }

    private void TellLater()
    {
        if (state.State.Displaced.Count > 0)
        {
            _timer ??= this.RegisterGrainTimer(static (grain, _) => grain.TellAsync(), this, new GrainTimerCreationOptions(Again, Again) { KeepAlive = true });
            return;
        }
        _timer?.Dispose();
        _timer = null;
    }

    private async Task SaveAsync(bool clear = false)
    {
        try
        {
            await (clear ? state.ClearStateAsync() : state.WriteStateAsync());
        }
        catch
        {
            // What is on disk holds, whatever that is now.
            DeactivateOnIdle();
            throw;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Owner} could not be told now that device {Device} has lost its push token; tried again.")]
    private partial void LogNotTold(Exception exception, Jid owner, string device);
}
