using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;

namespace Krewe.Grains.Mailboxes;

/// <summary>Tells a repetition of a message from another message under the same id.</summary>
internal static class MessageContent
{
    public static readonly Fault Conflict =
        new(FaultCode.IdConflict, "Another message was sent under this id.") { Member = "id" };

    /// <summary>Time and device are not content: a client may repeat from another device. Nor are hints, which only say how to announce it.</summary>
    public static bool SameContent(this MailboxItem one, MailboxItem other) =>
        one.To == other.To && one.Kind == other.Kind && one.Body == other.Body && one.Thread == other.Thread
        && one.Data == other.Data && one.Replaces == other.Replaces && one.Extensions.AsSpan().SequenceEqual(other.Extensions.AsSpan());
}
