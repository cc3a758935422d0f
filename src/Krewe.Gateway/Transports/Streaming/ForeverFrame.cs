using System.Buffers;
using System.Text;
using Krewe.Gateway.Sessions;
using Krewe.Protocols.Json;
using Microsoft.AspNetCore.Http;

namespace Krewe.Gateway.Transports.Streaming;

/// <summary>A page for a hidden frame that never ends: each item is a script that calls the page around it. It works in browsers of 1998.</summary>
internal sealed class ForeverFrame : IStreamFormat
{
    // Browsers hold back the first kilobyte of a page, or more, before they run a script of it.
    private static readonly byte[] Page = Encoding.ASCII.GetBytes(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>Krewe</title></head><body>\n<!--" + new string('.', 2048) + "-->\n");

    public string Name => "forever-frame";

    public string MediaType => "text/html";

    public string ContentType => "text/html; charset=utf-8";

    public ReadOnlySpan<byte> Preamble => Page;

    public ReadOnlySpan<byte> Heartbeat => "<!-- -->\n"u8;

    public void WriteHeaders(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        // The page has its own scripts and nothing else, for a frame of the same origin.
        headers.ContentSecurityPolicy = "default-src 'none'; script-src 'unsafe-inline'; frame-ancestors 'self'";
    }

    public void WriteItem(ItemEncoding item, IBufferWriter<byte> output)
    {
        output.Write("<script>parent.krewe.receive("u8);
        ScriptText.Write(item.Json, output);
        output.Write(")</script>\n"u8);
    }

    public void WriteRetry(TimeSpan after, IBufferWriter<byte> output)
    {
        // The page around it sees the frame end.
    }
}
