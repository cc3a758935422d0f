using System.Net;
using Krewe.Gateway.Connections;
using Krewe.Protocols.Xmpp.Sasl;
using Krewe.Protocols.Xmpp.Xml;

namespace Krewe.Gateway.Xmpp.Streams;

/// <summary>What a stream knows of, and asks from, what carries it.</summary>
internal interface IXmppLink
{
    /// <summary>The name of the transport, as metrics and logs have it.</summary>
    string Transport { get; }

    XmlFraming Framing { get; }

    /// <summary>What was received and sent so far crossed the network encrypted.</summary>
    bool IsEncrypted { get; }

    /// <summary>May encryption begin?</summary>
    bool CanEncrypt { get; }

    ChannelBindings Bindings { get; }

    /// <summary>Null where it is not known.</summary>
    IPAddress? Remote { get; }

    /// <summary>When the client was last heard of, as a timestamp of the time provider.</summary>
    long LastRead { get; }

    /// <summary>Cancelled when the connection is gone.</summary>
    CancellationToken Gone { get; }

    OutputQueue Output { get; }

    /// <summary>Appends one element, or the header of the stream; goes out with the next flush.</summary>
    void Append(ReadOnlySpan<byte> element);

    /// <summary>Appends what the client need not answer, or answers by itself, so that a dead one is noticed.</summary>
    void AppendHeartbeat();

    /// <summary>Says that nothing more follows, where the transport has a word for it beside the stream's own.</summary>
    void AppendEnd();

    /// <summary>Breaks the connection off.</summary>
    void Abort();
}
