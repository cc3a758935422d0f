using Krewe.Core.Errors;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Api;
using Krewe.Protocols.Json;

namespace Krewe.Gateway.Sessions;

/// <summary>Whom an <see cref="AckLane"/> tells what went wrong.</summary>
internal interface IAckOwner
{
    void RefuseAck(Fault fault);

    void LogFailed(Exception error);
}

/// <summary>A connection's acks of items that it was given: the newest say it all, so one call is under way and the rest becomes the next one.</summary>
internal sealed class AckLane(Caller caller, Users users, IAckOwner owner)
{
    private readonly Lock _lock = new();
    private long _delivered;
    private long _read;
    private bool _busy;
    private TaskCompletionSource? _idle;

    public void Add(Ack ack)
    {
        lock (_lock)
        {
            if (ack.Read) _read = Math.Max(_read, ack.Seq);
            else _delivered = Math.Max(_delivered, ack.Seq);
            if (_busy) return;
            _busy = true;
        }
        _ = RunAsync();
    }

    /// <summary>Waits until nothing is under way.</summary>
    public Task WhenIdleAsync()
    {
        lock (_lock) return _busy ? (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
    }

    private async Task RunAsync()
    {
        while (Take() is var (delivered, read))
        {
            // Read implies delivered.
            if (read > 0) await CallAsync(read, true).ConfigureAwait(false);
            if (delivered > read) await CallAsync(delivered, false).ConfigureAwait(false);
        }
    }

    private async ValueTask CallAsync(long seq, bool read)
    {
        try
        {
            var outcome = await users.CallAsync(caller.Address, user => user.Mailbox.AckAsync(caller.Device, seq, read), CancellationToken.None).ConfigureAwait(false);
            if (outcome.Fault is { } fault) owner.RefuseAck(fault);
        }
        catch (Exception error)
        {
            owner.LogFailed(error);
            owner.RefuseAck(new Fault(FaultCode.Internal, "The server failed; the operator can find out why."));
        }
    }

    private (long Delivered, long Read)? Take()
    {
        lock (_lock)
        {
            var taken = (_delivered, _read);
            (_delivered, _read) = (0, 0);
            _busy = taken != (0, 0);
            if (!_busy) _idle?.TrySetResult();
            return _busy ? taken : null;
        }
    }
}
