using Krewe.Checker.Clients;
using Krewe.Checker.Histories;
using Krewe.Checker.Verification;
using Krewe.Checker.Verification.Checks;
using Krewe.Client;

namespace Krewe.Checker.Runs;

/// <summary>The end of a run: everything comes to rest, and what is true then is written down.</summary>
internal sealed class Curtain(Cast cast, History history, RunOptions options)
{
    private static readonly TimeSpan RestPatience = TimeSpan.FromSeconds(60), Look = TimeSpan.FromMilliseconds(250);

    private readonly Dice _random = new(options.Seed);

    public async Task FallAsync()
    {
        history.Add(new FaultsOver());
        await cast.FinishSendingAsync(RestPatience);
        await HideAuditorsAsync();
        await CatchUpAsync();
        await SettlePresenceAsync();
        foreach (var gateway in cast.Gateways.All)
        {
            var mailboxes = await Task.WhenAll(cast.People.Select(async person => (person.Address, Items: await ReadAllAsync(gateway, person))));
            foreach (var (user, items) in mailboxes) history.Add(new MailboxRead(user, gateway.Name, items));
        }
    }

    /// <summary>Reading at the end makes nobody seem to be there.</summary>
    private Task<bool[]> HideAuditorsAsync() => Task.WhenAll(cast.Auditors.Values.Select(token => UntilDoneAsync(token, client => client.SetPresenceAsync("offline"))));

    /// <summary>Everybody has got everything, has acknowledged it, and has got the receipts of that.</summary>
    private async Task CatchUpAsync()
    {
        using var patience = new CancellationTokenSource(RestPatience);
        await UntilAsync(AreCaughtUpAsync, patience.Token);
        await Task.WhenAll(cast.Phones.Select(phone => phone.Acks.FinishAsync(phone.Cursor, patience.Token)));
        await UntilAsync(async () => await ReceiptsAreThereAsync() && await AreCaughtUpAsync(), patience.Token);
        foreach (var listener in cast.Listeners) history.Add(new ListenerEnded(listener.Person.Address, listener.Device, listener.Cursor));
    }

    private async Task<bool> AreCaughtUpAsync()
    {
        foreach (var person in cast.People)
        {
            var last = (await UntilDoneAsync(cast.Auditors[person.Address], client => client.PollAsync(0, 1))).Last;
            if (cast.Listeners.Any(listener => listener.Person == person && listener.Cursor < last)) return false;
        }
        return true;
    }

    private async Task<bool> ReceiptsAreThereAsync()
    {
        var gateway = cast.Gateways.All[0];
        var mailboxes = await Task.WhenAll(cast.People.Select(async person => new MailboxRead(person.Address, gateway.Name, await ReadAllAsync(gateway, person))));
        var acks = history.Snapshot().Where(entry => entry is AckInvoked or AckDone);
        return !ReceiptCheck.Unreported(new Story([.. acks, .. mailboxes])).Any();
    }

    /// <summary>One user goes, the others say how they are: soon all who may see it do.</summary>
    private async Task SettlePresenceAsync()
    {
        await Task.WhenAll(cast.Listeners.Where(listener => listener.Person == cast.Leaver).Select(listener => listener.DisposeAsync().AsTask()));
        history.Add(new PresenceSettled(cast.Leaver.Address, "offline"));
        await Task.WhenAll(cast.People.Skip(1).Select(async (person, index) =>
        {
            var show = index % 2 == 0 ? "dnd" : "away";
            await UntilDoneAsync(person.Phone, client => client.SetPresenceAsync(show));
            await UntilDoneAsync(person.Desk, client => client.SetPresenceAsync(show));
            history.Add(new PresenceSettled(person.Address, show));
        }));
        var truth = history.Snapshot().OfType<PresenceSettled>().ToDictionary(settled => settled.User, settled => settled.Show!);
        using var patience = new CancellationTokenSource(Verifier.PresenceBound + TimeSpan.FromSeconds(5));
        await UntilAsync(() => IsSeenAsync(truth, note: false), patience.Token);
        await IsSeenAsync(truth, note: true);
    }

    private async Task<bool> IsSeenAsync(Dictionary<string, string> truth, bool note)
    {
        var right = true;
        foreach (var desk in cast.Desks.Where(desk => desk.Person != cast.Leaver))
        {
            foreach (var contact in await UntilDoneAsync(desk.Person.Desk, client => client.GetContactsAsync()))
            {
                var show = contact.Presence?.Show ?? "offline";
                // Between two connections a socket shows nothing.
                var shown = desk.Socket is null ? truth[contact.Address] : desk.View.Of(contact.Address);
                right &= show == truth[contact.Address] && shown == truth[contact.Address];
                if (!note) continue;
                history.Add(new PresenceSeen(desk.Person.Address, contact.Address, show, "contacts"));
                if (desk.Socket is not null) desk.View.Note(contact.Address);
            }
        }
        return right;
    }

    private async Task<IReadOnlyList<Seen>> ReadAllAsync(Gateway gateway, Person person)
    {
        var items = new List<Seen>();
        using var client = cast.Gateways.Patient(gateway, cast.Auditors[person.Address]);
        for (long after = 0; ;)
        {
            var page = await SteadilyAsync(() => client.PollAsync(after, 500));
            items.AddRange(page.Items.Select(Seen.Of));
            if (page.Items.Count == 0) return items;
            after = page.Next;
        }
    }

    private Task<bool> UntilDoneAsync(Token token, Func<KreweClient, Task> call) => UntilDoneAsync(token, async client =>
    {
        await call(client);
        return true;
    });

    private Task<T> UntilDoneAsync<T>(Token token, Func<KreweClient, Task<T>> call) => SteadilyAsync(() => call(cast.Gateways.Client(cast.Gateways.Pick(_random), token)));

    /// <summary>The faults are over: what fails is tried again, but not for ever.</summary>
    private static async Task<T> SteadilyAsync<T>(Func<Task<T>> call)
    {
        using var patience = new CancellationTokenSource(RestPatience);
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception error) when (Trouble.IsExpected(error) && !patience.IsCancellationRequested)
            {
                await Pause.ForAsync(Look, patience.Token);
            }
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo, CancellationToken patience)
    {
        while (!await isSo() && !patience.IsCancellationRequested) await Pause.ForAsync(Look, patience);
    }
}
