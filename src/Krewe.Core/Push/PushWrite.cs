namespace Krewe.Core.Push;

/// <summary>What a mailbox commit does to the outbox, in the same transaction.</summary>
/// <param name="Device">One of the owner's devices.</param>
/// <param name="Pending">The row to put, which joins one that waits as <see cref="PushMerge"/> says; null takes a row away.</param>
public sealed record PushWrite(string Device, PendingPush? Pending);
