using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Krewe.Gateway.Sessions;
using Krewe.Protocols.Json;
using Microsoft.AspNetCore.Http;

namespace Krewe.Gateway.Transports.Streaming;

/// <summary>Server-sent events (WHATWG HTML, section 9.2): <c>id</c> is the item's <c>seq</c>, so that browsers resume by themselves.</summary>
internal sealed class ServerSentEvents : IStreamFormat
{
    public string Name => "sse";

    public string MediaType => "text/event-stream";

    // A comment: browsers report the connection as open at the first byte, which some proxies hold back for the body's sake.
    public ReadOnlySpan<byte> Preamble => ": krewe\n\n"u8;

    public ReadOnlySpan<byte> Heartbeat => ":\n\n"u8;

    public void WriteHeaders(IHeaderDictionary headers)
    {
        // The media type says it all.
    }

    public void WriteItem(ItemEncoding item, IBufferWriter<byte> output)
    {
        var span = output.GetSpan(64);
        "id: "u8.CopyTo(span);
        Utf8Formatter.TryFormat(item.Item.Seq, span[4..], out var digits);
        output.Advance(4 + digits);
        output.Write("\nevent: "u8);
        output.Write(ItemJson.KindName(item.Item.Kind));
        output.Write("\ndata: "u8);
        output.Write(item.Json);
        output.Write("\n\n"u8);
    }

    public void WriteRetry(TimeSpan after, IBufferWriter<byte> output) =>
        output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: {(long)after.TotalMilliseconds}\n\n")));
}
