using Orleans.Storage;

namespace Krewe.Grains.Users;

/// <summary>A grain's persistent state for a re-entrant grain: one write at a time, and what changes meanwhile goes into the next one together.
/// Change <see cref="Value"/>, then await <see cref="SaveAsync"/> at once; if that throws, the change is gone again.</summary>
/// <param name="lost">Called when memory and disk can no longer be brought together: the activation must go.</param>
internal sealed class SavedState<T>(IPersistentState<T> inner, Action lost)
{
    private Task _current = Task.CompletedTask;
    private Task? _next;

    public T Value => inner.State;

    /// <summary>What is in memory may not be what is on disk: it must not be handed over to another activation.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Takes what is on disk in place of what was handed over.</summary>
    public Task ReadAsync() => inner.ReadStateAsync();

    public Task SaveAsync() => _next ?? (_current.IsCompleted ? _current = WriteAsync() : _next = WriteNextAsync());

    /// <summary>Completes when nothing is being written: the next activation must not read what a write of this one is about to change.</summary>
    public async Task SettleAsync()
    {
        while ((_next ?? _current) is { IsCompleted: false } writing)
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private async Task WriteNextAsync()
    {
        try
        {
            // Its failure is ours too: it made the state what is on disk, without our change.
            await _current;
        }
        finally
        {
            (_current, _next) = (_next!, null);
        }
        await WriteAsync();
    }

    private async Task WriteAsync()
    {
        try
        {
            await inner.WriteStateAsync();
        }
        catch (InconsistentStateException)
        {
            Lose();
            throw;
        }
        catch
        {
            await ReloadAsync();
            throw;
        }
    }

    private async Task ReloadAsync()
    {
        try
        {
            await inner.ReadStateAsync();
        }
        catch (Exception)
        {
            // The write's own exception is the one that tells more, and is on its way to the caller.
            Lose();
        }
    }

    private void Lose()
    {
        IsLost = true;
        lost();
    }
}
