using System.Buffers;
using Krewe.Gateway.Sessions;
using Microsoft.AspNetCore.Http;

namespace Krewe.Gateway.Transports.Streaming;

/// <summary>Chunked streaming of newline-delimited JSON: one item a line, an empty line as heartbeat.</summary>
internal sealed class NdjsonLines : IStreamFormat
{
    public string Name => "ndjson";

    public string MediaType => "application/x-ndjson";

    public ReadOnlySpan<byte> Preamble => "\n"u8;

    public ReadOnlySpan<byte> Heartbeat => "\n"u8;

    public void WriteHeaders(IHeaderDictionary headers)
    {
        // Browsers otherwise wait for some hundred bytes to guess the type from.
        headers.XContentTypeOptions = "nosniff";
    }

    public void WriteItem(ItemEncoding item, IBufferWriter<byte> output)
    {
        output.Write(item.Json);
        output.Write("\n"u8);
    }

    public void WriteRetry(TimeSpan after, IBufferWriter<byte> output)
    {
        // The format has items and nothing else.
    }
}
