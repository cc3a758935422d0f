using Krewe.Core.Silos;
using Orleans.Placement;

namespace Krewe.Push.Apns;

/// <inheritdoc cref="IProviderTokenGrain"/>
[RandomPlacement, CoreSilos, KeepAlive, GrainType("providertoken")]
internal sealed class ProviderTokenGrain(ApnsOptions options, TimeProvider time) : Grain, IProviderTokenGrain
{
    private readonly ProviderToken _token = new(options, time);

    public ValueTask<string> GetAsync(string? expired) => new(_token.Get(expired));
}
