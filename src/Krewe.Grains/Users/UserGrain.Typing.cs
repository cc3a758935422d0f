using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Gateways;
using Krewe.Core.Presence;
using Krewe.Core.Users;
using Krewe.Grains.Delivery;
using Krewe.Grains.Presence;

namespace Krewe.Grains.Users;

// Who types: told only to those who may see the user's presence, and kept nowhere.
internal sealed partial class UserGrain
{
    private TokenBucket? _typing;

    public ValueTask<Outcome<Done>> TypingAsync(string device, Jid peer, string state)
    {
        if (!IsActive) return new(NoAccount);
        if (!TypingStates.All.Contains(state))
            return new(Fault.BadRequest("state", $"The states are {string.Join(", ", TypingStates.All.Order(StringComparer.Ordinal))}."));
        // Who hides does not show by typing either.
        if (!Contacts.IsSeenBy(peer) || _presence.Overall.Show == Show.Offline) return new(default(Done));
        _typing ??= new TokenBucket(_services.Limits.TypingRate, Math.Max(1, (int)(_services.Limits.TypingRate * 2)), _services.Time);
        if (_typing.TryTake(out _)) _ = TellTypingAsync(device, peer, state);
        else _live.Metrics.TypingDropped();
        return new(default(Done));
    }

    public ValueTask ReceiveTypingAsync(Jid from, string device, string state)
    {
        if (IsActive && Contacts.Sees(from)) _sessions.PublishPresence(new TypingEvent(_owner, from, device, state));
        return default;
    }

    private async Task TellTypingAsync(string device, Jid peer, string state)
    {
        try
        {
            await GrainFactory.GetGrain<ISessionGrain>(peer.Text).ReceiveTypingAsync(_owner, device, state);
        }
        catch (Exception exception)
        {
            // Worth nothing a second later: not sent again.
            _live.Logger.TypingFailed(exception, _owner, peer);
        }
    }
}
