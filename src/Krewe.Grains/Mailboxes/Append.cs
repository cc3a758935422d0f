using System.Collections.Immutable;
using Krewe.Core.Mailboxes;

namespace Krewe.Grains.Mailboxes;

/// <summary>Items on their way to the disk together, and who is told when they are there.</summary>
/// <remarks>A call back instead of a task each: under a grain's scheduler every further level of <c>await</c> costs about 400 bytes and a hop.</remarks>
internal abstract class Append
{
    private TaskCompletionSource? _settled;
    private Exception? _failure;
    private bool _released;

    /// <summary>With their numbers.</summary>
    public ImmutableArray<MailboxItem> Items { get; set; } = [];

    /// <summary>On disk, but perhaps not those before it.</summary>
    public bool IsDone { get; set; }

    /// <summary>Completes, or fails, when this and all before it have.</summary>
    public Task Settled => !_released
        ? (_settled ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task
        : _failure is null ? Task.CompletedTask : Task.FromException(_failure);

    public void Release(Exception? failure)
    {
        (_released, _failure) = (true, failure);
        if (failure is null) _settled?.SetResult();
        else _settled?.SetException(failure);
        Complete(failure);
    }

    /// <summary>Durable and seen in order, or refused. Called once, in the mailbox's turn.</summary>
    protected abstract void Complete(Exception? failure);
}

/// <summary>The mailbox's state alone; whoever waits for it looks at <see cref="Append.Settled"/>.</summary>
internal sealed class StateAppend : Append
{
    protected override void Complete(Exception? failure)
    {
    }
}
