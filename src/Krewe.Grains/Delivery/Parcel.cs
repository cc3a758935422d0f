using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;

namespace Krewe.Grains.Delivery;

/// <summary>One item on its way to one recipient.</summary>
internal abstract class Parcel
{
    public required MailboxItem Item { get; init; }

    /// <summary>Set when the recipient has answered.</summary>
    public Outcome<Delivered> Answer { get; set; }

    /// <summary>About what it takes in memory and on the way.</summary>
    public int Size => 200 + (2 * (Item.Id.Length + (Item.Body?.Length ?? 0) + (Item.Data?.Length ?? 0))) + Item.Extensions.Length;
}

/// <summary>A receipt: only its arrival matters.</summary>
internal sealed class ReceiptParcel : Parcel
{
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>A message: when the recipient has it, the sender's own copy follows, and then whoever waits is told.</summary>
internal sealed class MessageParcel : Parcel
{
    private List<(SendCall Call, int Index)>? _repetitions;

    public required SendCall Call { get; init; }
    public required int Index { get; init; }

    /// <summary>The same message once more, while the first is under way.</summary>
    public void AddRepetition(SendCall call, int index) => (_repetitions ??= []).Add((call, index));

    public void Complete(Outcome<Sent> outcome)
    {
        Call.Complete(Index, outcome);
        if (_repetitions is null) return;
        var repeated = outcome.TryGet(out var sent, out _) ? sent with { Repeated = true } : outcome;
        foreach (var (call, index) in _repetitions) call.Complete(index, repeated);
    }
}
