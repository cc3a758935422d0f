using System.Threading.Channels;
using Krewe.Core.Addresses;
using Krewe.Core.Contacts;
using Krewe.Core.Gateways;
using Krewe.Core.Presence;
using Krewe.Core.Users;

namespace Krewe.Grains.Tests.Silos;

/// <summary>A client's session as its gateway sees it: what it was told, in order.</summary>
internal sealed class TestSession(UserCluster cluster, Jid owner, SessionInfo info)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);
    private readonly Channel<GatewayEvent> _events = Channel.CreateUnbounded<GatewayEvent>();
    private readonly List<GatewayEvent> _seen = [];

    public SessionInfo Info { get; } = info;

    /// <summary>Everything that was read on the way to what the test waited for.</summary>
    public IReadOnlyList<GatewayEvent> Seen => _seen;

    public IEnumerable<string> SeenPresence => _seen.OfType<PresenceEvent>().Select(seen => $"{seen.Change.From.Local} {seen.Change.Overall.Show}");

    public void Offer(SiloAddress gateway, GatewayEvent gatewayEvent)
    {
        if (gatewayEvent.Owner != owner || !gateway.Equals(Info.Gateway)) return;
        if (gatewayEvent.SessionId is { } only && only != Info.SessionId) return;
        if (gatewayEvent is PresenceEvent { OverallChanged: false } && !Info.Wants.HasFlag(SessionWants.Devices)) return;
        _events.Writer.TryWrite(gatewayEvent);
    }

    public async Task CloseAsync() => await cluster.User<ISessionGrain>(owner).CloseSessionAsync(Info.SessionId);

    /// <summary>Reads on until an event fits.</summary>
    public async Task<T> NextAsync<T>(string what, Func<T, bool>? fits = null)
        where T : GatewayEvent
    {
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            while (true)
            {
                var next = await _events.Reader.ReadAsync(timeout.Token);
                _seen.Add(next);
                if (next is T wanted && fits?.Invoke(wanted) != false) return wanted;
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Did not happen: {what}. {owner} ({Info.Device}) saw: {string.Join("; ", _seen)}");
        }
    }

    public async Task<PresenceChange> SeesAsync(Jid from, Show show) =>
        (await NextAsync<PresenceEvent>($"{owner} sees {from} as {show}", seen => seen.Change.From == from && seen.Change.Overall.Show == show)).Change;

    public async Task<Contact> SeesContactAsync(Jid address, Subscription subscription) =>
        (await NextAsync<ContactEvent>($"{owner} has {address} as {subscription}", seen => seen.Contact.Address == address && seen.Contact.Subscription == subscription)).Contact;

    /// <summary>What has come up to now, after everything that is under way has arrived.</summary>
    public async Task<IReadOnlyList<GatewayEvent>> AllAsync()
    {
        await cluster.QuietAsync();
        while (_events.Reader.TryRead(out var next)) _seen.Add(next);
        return _seen;
    }
}
