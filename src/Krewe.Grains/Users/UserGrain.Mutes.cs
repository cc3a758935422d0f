using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Contacts;
using Krewe.Core.Errors;
using Krewe.Grains.Contacts;

namespace Krewe.Grains.Users;

// Whose messages wake no device.
internal sealed partial class UserGrain
{
    private Mutes Mutes => new(_roster.Value, _services.Limits, _services.Time);

    public ValueTask<ImmutableArray<Mute>> GetMutesAsync() => new(IsActive ? Mutes.All : []);

    public async ValueTask<Outcome<Done>> MuteAsync(Mute mute)
    {
        if (!IsActive) return NoAccount;
        if ((CheckAddress(mute.Address) ?? Mutes.Set(mute)) is { } fault) return fault;
        return await _roster.TrySaveAsync();
    }

    public async ValueTask<Outcome<Done>> UnmuteAsync(Jid address)
    {
        if (!IsActive) return NoAccount;
        return Mutes.Remove(address) ? await _roster.TrySaveAsync() : default(Done);
    }
}
