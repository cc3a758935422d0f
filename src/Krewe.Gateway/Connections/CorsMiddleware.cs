using Krewe.Core.Errors;
using Krewe.Gateway.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Krewe.Gateway.Connections;

/// <summary>Lets pages of the configured origins use the HTTP API (Fetch Standard, section 3.3). Tokens are no cookies: credentials are not allowed.</summary>
internal sealed class CorsMiddleware(OriginPolicy origins)
{
    private const string Methods = "GET, POST, PUT, DELETE";
    private const string RequestHeaders = "Authorization, Content-Type, If-None-Match, Last-Event-ID";
    private const string ResponseHeaders = "ETag, Retry-After, WWW-Authenticate";

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Request.Headers;
        var preflight = HttpMethods.IsOptions(context.Request.Method) && headers.AccessControlRequestMethod.Count > 0;
        if (preflight && !origins.Allows(context.Request))
            return Problems.WriteAsync(context, new Fault(FaultCode.Forbidden, "Pages of this origin may not use the API.") { Member = HeaderNames.Origin });
        if (headers.Origin is not [{ } origin] || !origins.IsListed(origin)) return next(context);
        var response = context.Response;
        if (!preflight)
        {
            // At the start of the answer: one that turns into a problem clears its headers.
            response.OnStarting(() =>
            {
                Allow(response, origin);
                response.Headers.AccessControlExposeHeaders = ResponseHeaders;
                return Task.CompletedTask;
            });
            return next(context);
        }
        Allow(response, origin);
        response.Headers.AccessControlAllowMethods = Methods;
        response.Headers.AccessControlAllowHeaders = RequestHeaders;
        response.Headers.AccessControlMaxAge = "600";
        response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static void Allow(HttpResponse response, string origin)
    {
        response.Headers.AccessControlAllowOrigin = origin;
        response.Headers.Append(HeaderNames.Vary, HeaderNames.Origin);
    }
}
