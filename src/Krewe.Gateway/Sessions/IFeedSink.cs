using Krewe.Core.Connections;

namespace Krewe.Gateway.Sessions;

/// <summary>Where a <see cref="Feed"/> writes: a connection's way out. No member waits for the client.</summary>
internal interface IFeedSink
{
    /// <summary>May an item be written now? If not, the sink calls <see cref="Feed.Resume"/> once it may.</summary>
    bool HasRoom { get; }

    /// <summary>Takes the next item of the mailbox. Called under the feed's lock.</summary>
    void Write(ItemEncoding item);

    /// <summary>Puts on the wire what was written.</summary>
    void Flush();

    /// <summary>An item of about so many bytes came due that there was no room for. Called under the feed's lock.</summary>
    void Overdue(int bytes);

    /// <summary>The feed cannot go on.</summary>
    void Fail(CloseReason reason);
}
