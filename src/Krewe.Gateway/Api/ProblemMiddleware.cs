using Krewe.Core.Errors;
using Krewe.Gateway.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Krewe.Gateway.Api;

/// <summary>Makes problem details of what routing refuses and of what endpoints throw.</summary>
internal sealed partial class ProblemMiddleware(ILogger<ProblemMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        // Where the host's context factory did it already, this does nothing.
        Query.Hide(context.Request, Authenticator.QueryParameter);
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // The client has gone: nobody reads an answer.
        }
        catch (BadHttpRequestException error) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, FaultOf(error));
            return;
        }
        catch (Exception error)
        {
            LogFailed(error, context.Request.Method, context.GetEndpoint()?.DisplayName ?? "no endpoint");
            if (context.Response.HasStarted) context.Abort();
            else await AnswerAsync(context, new Fault(FaultCode.Internal, "The server failed; the operator can find out why."));
            return;
        }
        if (!context.Response.HasStarted && context.Response is { ContentLength: null, ContentType: null } && FaultOf(context) is { } fault)
            await Problems.WriteAsync(context, fault);
    }

    private static Task AnswerAsync(HttpContext context, Fault fault)
    {
        context.Response.Clear();
        return Problems.WriteAsync(context, fault);
    }

    private static Fault? FaultOf(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => new Fault(FaultCode.NotFound, "There is nothing at this path."),
        StatusCodes.Status405MethodNotAllowed => new Fault(FaultCode.MethodNotAllowed, $"Here are: {context.Response.Headers.Allow}."),
        StatusCodes.Status406NotAcceptable => new Fault(FaultCode.NotAcceptable, "None of the media types in Accept is served here."),
        StatusCodes.Status415UnsupportedMediaType => new Fault(FaultCode.UnsupportedMediaType, "The body's media type is not understood here."),
        _ => null,
    };

    private static Fault FaultOf(BadHttpRequestException error) => error.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => new Fault(FaultCode.TooLarge, "The body is larger than the bound."),
        _ => new Fault(FaultCode.BadRequest, "The request is not sound HTTP."),
    };

    [LoggerMessage(LogLevel.Error, "{Method} {Endpoint} failed.")]
    private partial void LogFailed(Exception error, string method, string endpoint);
}
