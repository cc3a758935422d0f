using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Krewe.Gateway.Api;

/// <summary>Takes a token out of the query before anything else sees the request, so that no log and no trace can have it.</summary>
/// <remarks>The host writes the query into its log before the first middleware runs; the context's factory is the only place before that.</remarks>
internal sealed class TokenHidingContextFactory(IServiceProvider services) : IHttpContextFactory
{
    private readonly DefaultHttpContextFactory _inner = new(services);

    public HttpContext Create(IFeatureCollection featureCollection)
    {
        var context = _inner.Create(featureCollection);
        Query.Hide(context.Request, Accounts.Authenticator.QueryParameter);
        return context;
    }

    public void Dispose(HttpContext httpContext) => _inner.Dispose(httpContext);
}
