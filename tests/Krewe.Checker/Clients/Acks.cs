using Krewe.Checker.Histories;
using Krewe.Client;

namespace Krewe.Checker.Clients;

/// <summary>A device's acknowledgements: now and then, over HTTP or its socket, as delivered or read, sometimes of something old.</summary>
internal sealed class Acks(string user, Token token, Gateways gateways, History history, Random random) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    private Task _running = Task.CompletedTask;
    private int _number;

    /// <summary>Perhaps acknowledges what has come. Does not wait.</summary>
    public void Offer(long cursor, OpenSocket? socket)
    {
        if (!_running.IsCompleted || random.Next(4) > 0) return;
        var seq = random.Next(10) == 0 ? random.NextInt64(0, cursor + 1) : cursor;
        _running = socket is not null && random.Next(2) == 0 ? TellAsync(socket, seq) : AskAsync(seq, random.Next(3) == 0, gateways.Pick(random));
    }

    /// <summary>Acknowledges until it is answered.</summary>
    public async Task FinishAsync(long cursor, CancellationToken stop)
    {
        await _running;
        Gateway? gateway = null;
        while (!stop.IsCancellationRequested)
        {
            gateway = gateways.Pick(random, gateway);
            if (await AskAsync(cursor, read: false, gateway)) return;
            await Pause.BetweenAsync(random, 50, 300, stop);
        }
    }

    public async ValueTask DisposeAsync() => await _running;

    /// <summary>True if it was answered, one way or the other.</summary>
    private async Task<bool> AskAsync(long seq, bool read, Gateway gateway)
    {
        var number = Invoke(seq, read);
        try
        {
            await gateways.Client(gateway, token).AckAsync(seq, read);
            history.Add(new AckDone(user, token.Device, number));
            return true;
        }
        catch (Exception error) when (Trouble.IsExpected(error))
        {
            if (Trouble.Refusal(error) is not { } code) return false;
            history.Add(new AckRefused(user, token.Device, number, code));
            return true;
        }
    }

    private async Task TellAsync(OpenSocket socket, long seq)
    {
        Invoke(seq, read: false);
        try
        {
            await socket.Socket.AckAsync(seq).WaitAsync(Patience);
        }
        catch (Exception error) when (Trouble.IsExpected(error))
        {
            // There is no answer anyway.
        }
    }

    private int Invoke(long seq, bool read)
    {
        var number = Interlocked.Increment(ref _number);
        history.Add(new AckInvoked(user, token.Device, number, seq, read));
        return number;
    }
}
