using System.Collections.Concurrent;
using System.Net;
using Krewe.Core.Connections;
using Krewe.Gateway.Xmpp.Streams;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Krewe.Gateway.Xmpp.Login;

/// <summary>The streams that nobody has logged in on yet: few, and not for long.</summary>
internal sealed class PendingLogins(IOptions<XmppOptions> options, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private readonly ConcurrentDictionary<XmppStream, IPAddress> _streams = new();
    private int _count;

    public int Count => _count;

    /// <summary>Lets one in; false if there are too many.</summary>
    public bool TryEnter(IPAddress? remote)
    {
        var address = remote ?? IPAddress.None;
        lock (_lock)
        {
            var same = _byAddress.GetValueOrDefault(address);
            if (_count >= options.Value.ConnectionsBeforeLogin || same >= options.Value.ConnectionsBeforeLoginPerAddress) return false;
            _byAddress[address] = same + 1;
            _count++;
            return true;
        }
    }

    /// <summary>Watches one that was let in.</summary>
    public void Watch(XmppStream stream) => _streams[stream] = stream.Link.Remote ?? IPAddress.None;

    /// <summary>It has logged in, or is gone.</summary>
    public void Leave(XmppStream stream)
    {
        if (_streams.TryRemove(stream, out var address)) Leave(address);
    }

    /// <summary>One that was let in and has become no stream is gone.</summary>
    public void Leave(IPAddress? remote)
    {
        var address = remote ?? IPAddress.None;
        lock (_lock)
        {
            _count--;
            if (--_byAddress[address] == 0) _byAddress.Remove(address);
        }
    }

    /// <summary>Ends those that took too long.</summary>
    internal void Tick()
    {
        var now = time.GetTimestamp();
        foreach (var (stream, _) in _streams)
        {
            if (!stream.IsAnonymous) Leave(stream);
            else if (time.GetElapsedTime(stream.OpenedAt, now) >= options.Value.LoginTimeout) _ = stream.CloseAsync(StreamReasons.LoginTimeout);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false)) Tick();
        }
        catch (OperationCanceledException)
        {
            foreach (var (stream, _) in _streams)
            {
                if (stream.IsAnonymous) _ = stream.CloseAsync(CloseReason.Drain);
            }
        }
    }
}
