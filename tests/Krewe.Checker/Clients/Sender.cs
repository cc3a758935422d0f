using Krewe.Checker.Histories;
using Krewe.Client;

namespace Krewe.Checker.Clients;

/// <summary>
/// Writes to others at a pace, many messages under way at once, through the open socket or requests of their own. Each message is tried again
/// under its id, elsewhere and otherwise, until there is a definite answer.
/// </summary>
internal sealed class Sender(Person person, IReadOnlyList<string> peers, Listener desk, Gateways gateways, History history, Random random, TimeSpan pace) : IAsyncDisposable
{
    private const int UnderWay = 16;

    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(12);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _giveUp = new();
    private readonly SemaphoreSlim _room = new(UnderWay);
    private readonly List<Task> _messages = [];
    private Task _running = Task.CompletedTask;
    private int _number;

    public void Start() => _running = RunAsync();

    /// <summary>Begins nothing new and waits until everything has its answer.</summary>
    public async Task FinishAsync(TimeSpan patience)
    {
        await _stop.CancelAsync();
        await _running;
        _giveUp.CancelAfter(patience);
        await Task.WhenAll(_messages);
    }

    public async ValueTask DisposeAsync()
    {
        await FinishAsync(TimeSpan.Zero);
        _stop.Dispose();
        _giveUp.Dispose();
        _room.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        while (!_stop.IsCancellationRequested)
        {
            if (!await _room.WaitAsync(TimeSpan.FromMilliseconds(100), CancellationToken.None)) continue;
            // Begun here, one after the other: the first attempts through one socket have this order.
            _messages.Add(DeliverAsync(Next()));
            if (_messages.Count > 1_000) _messages.RemoveAll(message => message.IsCompletedSuccessfully);
            // Bursts, so that the server has something to batch.
            if (random.Next(3) > 0) await Pause.ForAsync(pace * (0.5 + random.NextDouble()) * 1.5, _stop.Token);
        }
    }

    private OutgoingMessage Next()
    {
        var to = random.Next(100) switch
        {
            < 2 => Person.Nobody,
            < 5 => person.Address,
            _ => peers[random.Next(peers.Count)],
        };
        var id = $"{person.Name}-{++_number}";
        return new OutgoingMessage(to) { Id = id, Body = $"{id} {new string((char)random.Next('a', 'z'), random.Next(300))}" };
    }

    private async Task DeliverAsync(OutgoingMessage message)
    {
        try
        {
            var attempts = await UntilAnsweredAsync(message, 0, firstBySocket: random.Next(10) < 7);
            switch (random.Next(25))
            {
                case 0:
                    // Said again, for nothing: it gets the first answer.
                    await UntilAnsweredAsync(message, attempts, firstBySocket: random.Next(2) == 0);
                    break;
                case 1 when message.To != Person.Nobody:
                    await UntilAnsweredAsync(message with { Body = "something else" }, attempts, firstBySocket: random.Next(2) == 0);
                    break;
                default:
                    break;
            }
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>Tries until there is an answer; the number of the last attempt.</summary>
    private async Task<int> UntilAnsweredAsync(OutgoingMessage message, int attempt, bool firstBySocket)
    {
        Gateway? gateway = null;
        for (var bySocket = firstBySocket; ; bySocket = random.Next(3) == 0)
        {
            attempt++;
            gateway = gateways.Pick(random, gateway);
            var socket = bySocket ? desk.Socket : null;
            if (await TryAsync(message, attempt, socket, socket?.Gateway ?? gateway)) return attempt;
            if (_giveUp.IsCancellationRequested) return attempt;
            await Pause.BetweenAsync(random, 20, 400, _giveUp.Token);
        }
    }

    private async Task<bool> TryAsync(OutgoingMessage message, int attempt, OpenSocket? socket, Gateway gateway)
    {
        history.Add(new SendInvoked(person.Address, message.Id!, attempt, message.To, Seen.HashOf(message.Body), socket?.Session, gateway.Name));
        try
        {
            using var patience = new CancellationTokenSource(AttemptTimeout);
            var sent = await (socket?.Socket.SendAsync(message, patience.Token) ?? gateways.Client(gateway, person.Desk).SendAsync(message, patience.Token));
            history.Add(new SendAcked(person.Address, sent.Id, attempt, sent.Seq, Seen.Text(sent.SentAt)));
            return true;
        }
        catch (Exception error) when (Trouble.IsExpected(error) || error is ObjectDisposedException)
        {
            if (Trouble.Refusal(error) is { } code)
            {
                history.Add(new SendRefused(person.Address, message.Id!, attempt, code));
                return true;
            }
            history.Add(new SendUnknown(person.Address, message.Id!, attempt, Trouble.Describe(error)));
            return false;
        }
    }
}
