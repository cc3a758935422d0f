using System.Buffers;
using Krewe.Gateway.Sessions;
using Microsoft.AspNetCore.Http;

namespace Krewe.Gateway.Transports.Streaming;

/// <summary>How items look in one response that stays open.</summary>
internal interface IStreamFormat
{
    /// <summary>The transport's name in metrics and logs.</summary>
    string Name { get; }

    /// <summary>The media type that a client asks for it with.</summary>
    string MediaType { get; }

    /// <summary>The media type as the answer has it.</summary>
    string ContentType => MediaType;

    /// <summary>What goes out before the first item.</summary>
    ReadOnlySpan<byte> Preamble { get; }

    /// <summary>What says that the connection is alive and nothing else.</summary>
    ReadOnlySpan<byte> Heartbeat { get; }

    void WriteHeaders(IHeaderDictionary headers);

    void WriteItem(ItemEncoding item, IBufferWriter<byte> output);

    /// <summary>Asks the client to come back after a while, where the format has words for it.</summary>
    void WriteRetry(TimeSpan after, IBufferWriter<byte> output);
}
