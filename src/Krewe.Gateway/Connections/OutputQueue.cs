using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Krewe.Gateway.Connections;

/// <summary>
/// What waits to go out on one connection: appended by any thread, written by one write at a time, so that what comes during
/// a write goes out together with the next. It holds memory only while there is something to write.
/// </summary>
internal sealed class OutputQueue(Stream wire, int bound, IOutputOwner owner, TimeProvider time, SendMemory? memory = null) : IThreadPoolWorkItem
{
    // Beyond this, items wait in the mailbox instead of here: enough to keep a fast connection busy, little enough that a
    // thousand stuck clients cost 32 MB.
    private const int RoomBytes = 32 * 1024;

    private readonly Lock _lock = new();
    private PooledBytes _filling = new();
    private PooledBytes _sending = new();
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _idle;
    private long _writeBegan;
    private long _overdue;
    private bool _writing;
    private bool _ended;
    private bool _overflown;

    /// <summary>Tells the host not to time the client's reading: it would break off after 5 s without progress, here it is the session's to decide.</summary>
    public static void KeepOwnTime(HttpContext context)
    {
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
    }

    /// <summary>May an item be appended? If not, the owner is told once it may.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_lock) return Pending <= RoomBytes;
        }
    }

    private int Pending => _filling.Length + _sending.Length;

    /// <summary>How much waits for the client, and since when the write under way; null: no write is.</summary>
    public (int Bytes, long? Since) Waiting
    {
        get
        {
            lock (_lock) return (Pending, _writing ? _writeBegan : null);
        }
    }

    /// <summary>Since when the write under way has been waiting for the client; null if there is none.</summary>
    public long? WriteBegan
    {
        get
        {
            lock (_lock) return _writing ? _writeBegan : null;
        }
    }

    /// <summary>Appends a whole message, given in up to four parts. It goes out with the next <see cref="Flush"/>.</summary>
    public void Append(
        ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default, ReadOnlySpan<byte> third = default, ReadOnlySpan<byte> fourth = default)
    {
        var overflows = false;
        lock (_lock)
        {
            if (_ended) return;
            _filling.Append(first);
            _filling.Append(second);
            _filling.Append(third);
            _filling.Append(fourth);
            if (Pending > bound && !_overflown) overflows = _overflown = true;
        }
        memory?.Add(first.Length + second.Length + third.Length + fourth.Length);
        if (overflows) owner.OnOverflow();
    }

    /// <summary>Something came due that waits elsewhere for room; counts towards the bound until the client takes something.</summary>
    public void AddOverdue(int bytes)
    {
        lock (_lock)
        {
            _overdue += bytes;
            if (_ended || _overflown || Pending + _overdue <= bound) return;
            _overflown = true;
        }
        owner.OnOverflow();
    }

    /// <summary>Writes what was appended, on the caller's thread as far as that does not wait.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            if (_writing || _ended || _filling.Length == 0) return;
            _writing = true;
            Swap();
        }
        _ = WriteAsync();
    }

    /// <summary><see cref="Flush"/> as a work item of the thread pool.</summary>
    void IThreadPoolWorkItem.Execute() => Flush();

    /// <summary>Waits until <see cref="HasRoom"/>, or until the queue has ended.</summary>
    public Task WaitForRoomAsync()
    {
        lock (_lock)
        {
            if (_ended || Pending <= RoomBytes) return Task.CompletedTask;
            return (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Waits until everything is written or the queue has ended, and no write is under way.</summary>
    public Task WaitForIdleAsync()
    {
        Flush();
        lock (_lock)
        {
            if (!_writing) return Task.CompletedTask;
            return (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Drops what waits and takes nothing more. A write under way still has to be waited for.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            memory?.Add(-_filling.Length);
            _filling.Release();
            _room?.TrySetResult();
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            do
            {
                var bytes = _sending.Length;
                await wire.WriteAsync(_sending.Memory).ConfigureAwait(false);
                owner.OnWritten(bytes);
                if (Wrote()) owner.OnRoom();
            }
            while (Next());
        }
        catch (Exception error)
        {
            End();
            Next();
            owner.OnBroken(error);
        }
    }

    /// <summary>One write is done. True if it made room.</summary>
    private bool Wrote()
    {
        lock (_lock)
        {
            var hadRoom = Pending <= RoomBytes;
            memory?.Add(-_sending.Length);
            _sending.Release();
            _overdue = 0;
            if (hadRoom || Pending > RoomBytes) return false;
            _room?.TrySetResult();
            _room = null;
            return true;
        }
    }

    private bool Next()
    {
        lock (_lock)
        {
            if (_filling.Length > 0)
            {
                Swap();
                return true;
            }
            memory?.Add(-_sending.Length);
            _sending.Release();
            _writing = false;
            _idle?.TrySetResult();
            _idle = null;
            return false;
        }
    }

    private void Swap()
    {
        (_filling, _sending) = (_sending, _filling);
        _writeBegan = time.GetTimestamp();
    }
}
