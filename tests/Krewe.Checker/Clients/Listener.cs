using System.Runtime.CompilerServices;
using Krewe.Checker.Histories;
using Krewe.Client;

namespace Krewe.Checker.Clients;

/// <summary>A device that reads its mailbox, now over this transport and gateway, now over another, from the last item that it got.</summary>
internal sealed class Listener(Person person, Token token, IReadOnlyList<TransportKind> transports, Gateways gateways, History history, Random random) : IAsyncDisposable
{
    private const int LongPollSeconds = 5;

    // Now and then a client has forgotten a little.
    private const double Forgets = 0.05;

    private static readonly Dictionary<TransportKind, string> Names = Enum.GetValues<TransportKind>().ToDictionary(kind => kind, kind => kind.ToString());

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private CancellationTokenSource? _dwell;
    private int _sessions;
    private long _cursor;

    public Person Person => person;

    public string Device => token.Device;

    public string Name => $"{person.Name}-{Device}";

    public long Cursor => Volatile.Read(ref _cursor);

    public Acks Acks { get; } = new(person.Address, token, gateways, history, random);

    /// <summary>The socket in use, if it is one, with its name and gateway.</summary>
    public OpenSocket? Socket { get; private set; }

    /// <summary>What the open socket was told of others.</summary>
    public PresenceView View { get; } = new(person.Address, history);

    /// <summary>Whose a session was.</summary>
    public static string NameOf(string session) => session[..session.LastIndexOf('-')];

    public void Start() => _running = RunAsync();

    /// <summary>Leaves the present session at once.</summary>
    public void Move() => Volatile.Read(ref _dwell)?.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await Acks.DisposeAsync();
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        Gateway? gateway = null;
        while (!_stop.IsCancellationRequested)
        {
            gateway = gateways.Pick(random, random.Next(3) > 0 ? gateway : null);
            var transport = transports[random.Next(transports.Count)];
            using var dwell = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            Volatile.Write(ref _dwell, dwell);
            dwell.CancelAfter(TimeSpan.FromMilliseconds(random.Next(500, 6_000)));
            var broke = !await ReadAsync(transport, gateway, dwell.Token);
            Volatile.Write(ref _dwell, null);
            if (broke) await Pause.BetweenAsync(random, 50, 400, _stop.Token);
        }
    }

    /// <summary>One session. False if it did not end by our own will.</summary>
    private async Task<bool> ReadAsync(TransportKind transport, Gateway gateway, CancellationToken stop)
    {
        var after = random.NextDouble() < Forgets ? Math.Max(0, Cursor - random.Next(1, 5)) : Cursor;
        var session = $"{Name}-{++_sessions}";
        var invoked = history.Now;
        var opened = false;
        try
        {
            await foreach (var item in OpenAsync(transport, gateway, session, after, Open, stop).WithCancellation(stop))
            {
                history.Add(new Received(session, Seen.Of(item)));
                Volatile.Write(ref _cursor, Math.Max(_cursor, item.Seq));
                Acks.Offer(Cursor, Socket);
            }
            if (opened) history.Add(new SessionEnded(session, "ended"));
            return false;
        }
        catch (Exception error) when (Trouble.IsExpected(error))
        {
            if (opened) history.Add(new SessionEnded(session, stop.IsCancellationRequested ? "left" : Trouble.Describe(error)));
            if (Trouble.Refusal(error) is { } code) history.Add(new ReadRefused(person.Address, Device, code, after, invoked));
            return stop.IsCancellationRequested;
        }
        finally
        {
            Socket = null;
        }

        void Open()
        {
            opened = true;
            history.Add(new SessionOpened(session, person.Address, Device, Names[transport], gateway.Name, after));
        }
    }

    private IAsyncEnumerable<Item> OpenAsync(TransportKind transport, Gateway gateway, string session, long after, Action opened, CancellationToken stop) => transport switch
    {
        TransportKind.WebSocket => SocketAsync(gateway, session, after, opened, stop),
        TransportKind.Poll or TransportKind.LongPoll => PollAsync(transport, gateway, after, opened, stop),
        _ => RawStreams.ReadAsync(transport, gateways.Raw(gateway, token), after, opened, stop),
    };

    private async IAsyncEnumerable<Item> SocketAsync(Gateway gateway, string session, long after, Action opened, [EnumeratorCancellation] CancellationToken stop)
    {
        var invoked = history.Now;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(TimeSpan.FromSeconds(12));
        await using var socket = await gateways.Client(gateway, token).ConnectAsync(after, patience.Token);
        patience.CancelAfter(Timeout.InfiniteTimeSpan);
        opened();
        history.Add(new LastTold(person.Address, after, socket.Last, invoked));
        View.Begin();
        Socket = new OpenSocket(socket, session, gateway);
        await foreach (var told in socket.ReadAllAsync(stop))
        {
            if (told is ItemReceived { Item: var item }) yield return item;
            if (told is PresenceChanged change) View.Tell(change.From, change.Presence.Show);
        }
    }

    private async IAsyncEnumerable<Item> PollAsync(TransportKind transport, Gateway gateway, long after, Action opened, [EnumeratorCancellation] CancellationToken stop)
    {
        using var http = gateways.Raw(gateway, token);
        for (var first = true; ; first = false)
        {
            var invoked = history.Now;
            var page = await RawStreams.PollAsync(http, after, transport == TransportKind.LongPoll ? LongPollSeconds : 0, stop);
            if (first) opened();
            history.Add(new LastTold(person.Address, after, page.Last, invoked));
            foreach (var item in page.Items) yield return item;
            after = page.Next;
            if (page.Items.Count == 0 && transport == TransportKind.Poll) await Task.Delay(random.Next(50, 300), stop);
        }
    }
}

/// <summary>A WebSocket that its owner may also send through.</summary>
internal sealed record OpenSocket(KreweSocket Socket, string Session, Gateway Gateway);
