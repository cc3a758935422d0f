using System.Collections.Concurrent;
using System.Diagnostics;
using Krewe.Client;

namespace Krewe.EndToEnd.Tests.Cluster;

/// <summary>Somebody who has several gateways to choose from: on trouble or a planned close the next one is taken, as behind a load balancer.</summary>
internal sealed class RollingUser(Uri[] gateways, string name) : IAsyncDisposable
{
    private const string Password = "wherefore art thou";

    // A gateway repeats a call for about as long before it gives up.
    private static readonly TimeSpan ServersPatience = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Item> _read = new();
    private readonly KreweClient[] _clients = [.. gateways.Select(gateway => new KreweClient(gateway, new() { SendTimeout = TimeSpan.Zero }))];
    private int _preferred = name.Length % gateways.Length;
    private KreweSocket? _socket;
    private Task _reading = Task.CompletedTask;

    public string Address => _clients[0].Address;

    /// <summary>Items in the order in which they came; a repeated or missing one fails the reading.</summary>
    public IReadOnlyCollection<Item> Read => _read;

    public long Cursor { get; private set; }

    /// <summary>Sends that needed a second attempt.</summary>
    public int Repeated { get; private set; }

    /// <summary>The longest time from the first attempt to the acknowledgement, of messages that needed a second one.</summary>
    public TimeSpan Slowest { get; private set; }

    public int Planned { get; private set; }

    public async Task JoinAsync(int number)
    {
        _preferred = number % gateways.Length;
        await _clients[_preferred].SignUpAsync(name, Password);
        var token = await _clients[_preferred].SignInAsync(name, Password, "phone");
        foreach (var client in _clients) client.Token = token;
        _reading = ReadAsync();
    }

    /// <summary>One attempt, and one more at the next gateway; what fails twice throws. Only where the machine is so slow that the servers' own patience was over
    /// is it tried further: that says nothing about the stop.</summary>
    /// <param name="bySocket">On the connection that is also read from; else by HTTP.</param>
    public async Task<Sent> SendAsync(OutgoingMessage message, bool bySocket)
    {
        var took = Stopwatch.StartNew();
        var first = _preferred;
        try
        {
            return await (bySocket && _socket is { } socket ? socket.SendAsync(message) : _clients[first].SendAsync(message));
        }
        catch (Exception error) when (IsPassing(error))
        {
            Repeated++;
            _preferred = (first + 1) % gateways.Length;
        }
        try
        {
            while (true)
            {
                try
                {
                    return await _clients[_preferred].SendAsync(message);
                }
                catch (Exception error) when (IsPassing(error) && took.Elapsed > ServersPatience && took.Elapsed < TimeSpan.FromMinutes(1))
                {
                    _preferred = (_preferred + 1) % gateways.Length;
                }
            }
        }
        finally
        {
            if (took.Elapsed > Slowest) Slowest = took.Elapsed;
        }
    }

    private static bool IsPassing(Exception error) => error is KreweException { IsTransient: true } or HttpRequestException or IOException or OperationCanceledException
        or System.Net.WebSockets.WebSocketException or ObjectDisposedException;

    /// <summary>Reads on until everything up to <paramref name="last"/> has come.</summary>
    public async Task ReadToAsync(long last)
    {
        var patience = Stopwatch.StartNew();
        while (Cursor < last)
        {
            if (_reading.IsCompleted) await _reading;
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(30), $"{name} has read up to {Cursor} of {last} after 30 s.");
            await Task.Delay(20);
        }
    }

    /// <summary>Asks any gateway.</summary>
    public async Task<IReadOnlyList<Item>> MailboxAsync()
    {
        var items = new List<Item>();
        while (true)
        {
            var page = await _clients[_preferred].PollAsync(items.Count, 500);
            items.AddRange(page.Items);
            if (items.Count >= page.Last) return items;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var client in _clients) client.Dispose();
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var pause = TimeSpan.FromMilliseconds(100);
            var at = _preferred;
            try
            {
                await using var socket = await _clients[at].ConnectAsync(Cursor, _stop.Token);
                _socket = socket;
                await foreach (var told in socket.ReadAllAsync(_stop.Token))
                {
                    if (told is ItemReceived { Item: var item })
                    {
                        Assert.True(item.Seq == Cursor + 1, $"{name} got {item.Seq} after {Cursor}.");
                        _read.Enqueue(item);
                        Cursor = item.Seq;
                    }
                    else if (told is ServerClosing closing) (pause, Planned) = (closing.RetryAfter, Planned + 1);
                }
            }
            catch (Exception error) when (error is KreweException { IsTransient: true } or HttpRequestException or IOException or OperationCanceledException or System.Net.WebSockets.WebSocketException)
            {
                // The next one.
            }
            _socket = null;
            if (_stop.IsCancellationRequested) return;
            await Task.Delay(pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_preferred == at) _preferred = (at + 1) % gateways.Length;
        }
    }
}
