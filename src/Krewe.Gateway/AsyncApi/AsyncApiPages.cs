using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Krewe.Core.Limits;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Krewe.Gateway.AsyncApi;

/// <summary>Serves the AsyncAPI document: for tools as JSON, for people as a page made of the same.</summary>
internal sealed class AsyncApiPages(IOptions<LimitOptions> limits)
{
    private const string Style = """
        body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
        table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #8884}
        code{font-family:ui-monospace,monospace}h3{margin-top:2rem}
        """;

    // The page's one style is named by its hash, so that nothing else can be slipped in.
    private static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(AsyncApiDocument.Path, [HttpMethods.Get, HttpMethods.Head], ServeDocumentAsync).ExcludeFromDescription();
        routes.MapMethods("/asyncapi", [HttpMethods.Get, HttpMethods.Head], ServePageAsync).ExcludeFromDescription();
    }

    private async Task ServeDocumentAsync(HttpContext context)
    {
        var document = await BuildAsync(context);
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(document.ToJsonString(), context.RequestAborted);
    }

    private async Task ServePageAsync(HttpContext context)
    {
        var document = await BuildAsync(context);
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await context.Response.WriteAsync(Render(document), context.RequestAborted);
    }

    private Task<JsonObject> BuildAsync(HttpContext context) =>
        AsyncApiDocument.BuildAsync(limits.Value, context.Request.Host.ToUriComponent(), context.Request.IsHttps);

    private static string Render(JsonObject document)
    {
        var channel = document["channels"]!.AsObject().Single().Value!;
        var server = document["servers"]!["this"]!;
        var page = new StringBuilder()
            .Append("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">")
            .Append("<title>Krewe: the WebSocket</title><style>").Append(Style).Append("</style></head><body><h1>").Append(Html(document["info"]!["title"])).Append("</h1><p>")
            .Append(Html(document["info"]!["description"])).Append("</p><p><code>").Append(Html(server["protocol"])).Append("://").Append(Html(server["host"]))
            .Append(Html(channel["address"])).Append("</code>. ").Append(Html(channel["description"])).Append(" For tools: <a href=\"")
            .Append(AsyncApiDocument.Path).Append("\">AsyncAPI 3.0</a>.</p>");
        AppendFrames(page, document, "client.", "What a client says");
        AppendFrames(page, document, "server.", "What the server says");
        return page.Append("</body></html>").ToString();
    }

    private static void AppendFrames(StringBuilder page, JsonObject document, string prefix, string title)
    {
        page.Append("<h2>").Append(title).Append("</h2>");
        foreach (var (key, message) in document["components"]!["messages"]!.AsObject())
        {
            if (!key.StartsWith(prefix, StringComparison.Ordinal)) continue;
            var payload = message!["payload"]!;
            var required = payload["required"]!.AsArray().Select(name => (string)name!).ToHashSet();
            page.Append("<h3><code>").Append(Html(message["name"])).Append("</code></h3><p>").Append(Html(message["summary"]))
                .Append("</p><table><thead><tr><th>member</th><th>type</th><th></th><th>meaning</th></tr></thead><tbody>");
            foreach (var (name, schema) in payload["properties"]!.AsObject())
            {
                page.Append("<tr><td><code>").Append(WebUtility.HtmlEncode(name)).Append("</code></td><td>").Append(TypeOf(schema!)).Append("</td><td>")
                    .Append(required.Contains(name) ? "always" : "").Append("</td><td>").Append(Html(schema!["description"])).Append("</td></tr>");
            }
            page.Append("</tbody></table>");
        }
    }

    private static string TypeOf(JsonNode schema)
    {
        if (schema["const"] is { } constant) return "<code>\"" + Html(constant) + "\"</code>";
        if (schema["enum"] is JsonArray words) return string.Join(" | ", words.Where(word => word is not null).Select(word => "<code>" + Html(word) + "</code>"));
        if (schema["$ref"] is { } reference) return Html(((string)reference!).Split('/')[^1]);
        return schema["type"] switch
        {
            JsonArray types => WebUtility.HtmlEncode(string.Join(" | ", types.Select(type => (string)type!))),
            { } type => Html(type),
            null => "any",
        };
    }

    private static string Html(JsonNode? text) => WebUtility.HtmlEncode(text?.ToString() ?? "");
}
