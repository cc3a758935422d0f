using Krewe.Core.Draining;
using Krewe.Core.Errors;
using Krewe.Gateway.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Krewe.Gateway.Sessions;

/// <summary>What clients' requests meet on a silo that drains: served still, on a connection that ends with the answer; once it is drained, refused.</summary>
internal sealed class DrainGate(IServiceProvider services)
{
    // A gateway may be hosted without a silo that can drain.
    private readonly ISiloDrain? _drain = services.GetService<ISiloDrain>();

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var stage = _drain?.Stage ?? DrainStage.Serving;
        if (stage == DrainStage.Serving) return next(context);
        // The next request finds another gateway (RFC 9110, section 7.6.1).
        context.Response.Headers.Connection = "close";
        return stage == DrainStage.Draining ? next(context)
            : Problems.WriteAsync(context, Fault.Unavailable("The gateway is drained; another one takes you.", TimeSpan.FromSeconds(1)));
    }
}
