using Krewe.Core.Addresses;
using Krewe.Core.Presence;
using Krewe.Core.Users;
using Krewe.Grains.Presence;

namespace Krewe.Grains.Users;

// Asking contacts for their presence.
internal sealed partial class UserGrain
{
    // A call is answered after this time even if some contact's grain does not answer.
    private static readonly TimeSpan ContactPatience = TimeSpan.FromSeconds(2);

    // Who comes back so soon has missed nothing: contacts tell every change, whether or not there is a session.
    private static readonly TimeSpan PictureAge = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan[] ProbeDelays = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(8)];

    private Task? _asking;
    private long _askedAt;

    /// <summary>Asks every contact whose presence the user may see (RFC 6121, section 4.3.1).</summary>
    private Task AskContacts()
    {
        if (_asking is not null && _services.Time.GetElapsedTime(_askedAt) < PictureAge) return _asking;
        _askedAt = _services.Time.GetTimestamp();
        return _asking = ProbeAllAsync([.. Contacts.Watched]);
    }

    /// <summary>Waits a moment for the presence of contacts if this activation has not asked yet.</summary>
    private async Task KnowContactsAsync()
    {
        if (_asking is { IsCompleted: true }) return;
        await ShortlyAsync(_asking ?? AskContacts());
    }

    /// <summary>Waits for something that another grain does, but not for long: it goes on without the caller.</summary>
    private Task<Task> ShortlyAsync(Task task) => Task.WhenAny(task, Task.Delay(ContactPatience, _services.Time, _stopping));

    /// <summary>The silo that held the grains of some contacts is dead, and nobody is left to say whether they went with it.</summary>
    private async Task AskAgainAsync(SiloAddress lost)
    {
        var delay = SettleDelay + SettleSpread * Random.Shared.NextDouble();
        if (!await PauseAsync(delay)) return;
        await ProbeAllAsync(_contactPresences.On(lost));
        // Whoever could not be asked is not shown as available on the word of a dead silo.
        foreach (var contact in _contactPresences.On(lost))
            await ReceivePresenceAsync(new PresenceChange(contact, "", PresenceState.Offline, PresenceState.Offline) { Snapshot = true });
    }

    private async Task ProbeAllAsync(Jid[] contacts)
    {
        var next = 0;
        async Task Worker()
        {
            while (next < contacts.Length && !_stopping.IsCancellationRequested) await ProbeContactAsync(contacts[next++]);
        }
        await Task.WhenAll(Enumerable.Range(0, Math.Min(contacts.Length, PresenceOutbox.Parallelism)).Select(_ => Worker()));
    }

    private async Task ProbeContactAsync(Jid contact)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                _live.Metrics.Probed();
                await GrainFactory.GetGrain<ISessionGrain>(contact.Text).ProbeAsync(_owner);
                return;
            }
            catch (Exception exception)
            {
                _live.Logger.ProbeFailed(exception, _owner, contact);
                if (attempt >= ProbeDelays.Length || !await PauseAsync(ProbeDelays[attempt])) return;
            }
        }
    }

    /// <summary>False if the grain goes meanwhile.</summary>
    private async Task<bool> PauseAsync(TimeSpan delay)
    {
        await Task.Delay(delay, _services.Time, _stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return !_stopping.IsCancellationRequested;
    }
}
