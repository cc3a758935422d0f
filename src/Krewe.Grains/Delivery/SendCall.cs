using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;

namespace Krewe.Grains.Delivery;

/// <summary>The answer to one call with several drafts, which become known one by one.</summary>
internal sealed class SendCall(int drafts)
{
    private readonly Outcome<Sent>[] _outcomes = new Outcome<Sent>[drafts];
    private readonly TaskCompletionSource<ImmutableArray<Outcome<Sent>>> _done = new();
    private int _left = drafts;

    public Task<ImmutableArray<Outcome<Sent>>> Task => _done.Task;

    public void Complete(int index, Outcome<Sent> outcome)
    {
        _outcomes[index] = outcome;
        if (--_left == 0) _done.SetResult(ImmutableCollectionsMarshal.AsImmutableArray(_outcomes));
    }
}
