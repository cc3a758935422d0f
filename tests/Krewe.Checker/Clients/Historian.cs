using Krewe.Checker.Histories;

namespace Krewe.Checker.Clients;

/// <summary>Reads pages of conversations, of anybody and through any gateway, and asks how far mailboxes reach.</summary>
internal sealed class Historian(IReadOnlyList<Person> people, Gateways gateways, History history, Random random) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public void Start() => _running = RunAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        while (!_stop.IsCancellationRequested)
        {
            var (reader, peer) = (people[random.Next(people.Count)], people[random.Next(people.Count)]);
            try
            {
                await ReadAsync(reader, peer.Address);
            }
            catch (Exception error) when (Trouble.IsExpected(error))
            {
                if (Trouble.Refusal(error) is { } code) history.Add(new ReadRefused(reader.Address, reader.Desk.Device, code, 0, history.Now));
            }
            await Pause.BetweenAsync(random, 50, 250, _stop.Token);
        }
    }

    private async Task ReadAsync(Person reader, string peer)
    {
        var client = gateways.Client(gateways.Pick(random), reader.Desk);
        long? before = null;
        for (var pages = random.Next(1, 4); pages > 0; pages--)
        {
            var invoked = history.Now;
            var page = await client.GetHistoryAsync(peer, before, random.Next(1, 40), _stop.Token);
            history.Add(new HistoryRead(reader.Address, peer, before, page.Next, [.. page.Items.Select(Seen.Of)], invoked));
            if (page.Next is null) break;
            before = page.Next;
        }
        var asked = history.Now;
        history.Add(new LastTold(reader.Address, 0, (await client.PollAsync(0, 1, _stop.Token)).Last, asked));
    }
}
