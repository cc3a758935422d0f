namespace Krewe.Core.Push;

/// <summary>What a mailbox commit does to the outbox, in the same transaction.</summary>
/// <param name="Device">One of the owner's devices.</param>
/// <param name="Pending">The row to put; null takes a row away. Where a row of the same kind waits already, its <see cref="PendingPush.Due"/>,
/// <see cref="PendingPush.Since"/> and <see cref="PendingPush.Attempts"/> stay and only its <see cref="PendingPush.Seq"/> rises.</param>
public sealed record PushWrite(string Device, PendingPush? Pending);
