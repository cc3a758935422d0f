using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Krewe.Gateway.Web;

/// <summary>The two pages, <c>/</c> and <c>/transports</c>, and what they are made of. Nothing is fetched from elsewhere.</summary>
internal sealed class WebPages
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    private readonly IReadOnlyList<WebAsset> _assets = WebAsset.LoadAll(typeof(WebPages).Assembly);

    public void Map(IEndpointRouteBuilder endpoints)
    {
        foreach (var asset in _assets)
        {
            var path = asset.Name switch
            {
                "chat.html" => "/",
                "transports.html" => "/transports",
                _ => "/assets/" + asset.Name,
            };
            endpoints.MapMethods(path, Methods, context => ServeAsync(context, asset)).ExcludeFromDescription();
        }
    }

    private static Task ServeAsync(HttpContext context, WebAsset asset)
    {
        var headers = context.Response.Headers;
        // The names carry no version, so a browser asks each time and is mostly answered with 304.
        headers.CacheControl = "no-cache";
        headers.XContentTypeOptions = "nosniff";
        // Streams and sockets of a page carry the token in their address.
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.ContentSecurityPolicy = Policy(context.Request.Host);
        // Answers 304 to a matching If-None-Match, and HEAD without the content.
        return TypedResults.Bytes(asset.Content, asset.ContentType, entityTag: new EntityTagHeaderValue(asset.ETag)).ExecuteAsync(context);
    }

    /// <summary>
    /// Scripts and styles come from this server alone, and no script can make a script or HTML out of text (Trusted Types with no policy).
    /// The frame is the forever frame of <c>/transports</c>.
    /// </summary>
    /// <param name="host">Named for WebSockets, because older browsers do not count them as <c>'self'</c>.</param>
    private static string Policy(HostString host) =>
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
        + $"connect-src 'self' ws://{host.ToUriComponent()} wss://{host.ToUriComponent()}; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
}
