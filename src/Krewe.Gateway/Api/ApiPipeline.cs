using System.Buffers;
using System.IO.Pipelines;
using Krewe.Core;
using Krewe.Core.Errors;
using Krewe.Core.Limits;
using Krewe.Gateway.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Krewe.Gateway.Api;

/// <summary>What all calls with a JSON answer share: media types, who calls, the size of the body.</summary>
internal sealed class ApiPipeline(
    Authenticator authenticator, IOptions<LimitOptions> limits, IOptions<DomainOptions> domain, ApiMetrics metrics, TimeProvider time)
{
    // A body that was refused is read and thrown away up to here, so that the client hears the answer before the connection ends.
    private const int Drained = 16;

    // The server's own bound is a rate; this one is for who keeps to the rate and never ends.
    private static readonly TimeSpan BodyTime = TimeSpan.FromSeconds(30);

    private static readonly MediaTypeHeaderValue Json = new(Answer.Json);

    private readonly RequestBounds _known = new(domain.Value.Domain, limits.Value.MessageBytes, limits.Value.JsonDepth);

    // Nobody is known who could be held to account, and nothing that is asked before login is deep.
    private readonly RequestBounds _anyone = new(domain.Value.Domain, limits.Value.LoginBytes, Math.Min(16, limits.Value.JsonDepth));

    public RequestDelegate Build(Operation operation, Func<ApiRequest, ValueTask<ApiReply>> handler) => async context =>
    {
        var reply = await RunAsync(context, operation, handler);
        if (reply.Fault is { } refused) metrics.Refused(refused.Code);
        if (reply.Fault?.Code == FaultCode.TooLarge) context.Response.Headers.Connection = "close";
        await reply.WriteAsync(context);
    };

    private async ValueTask<ApiReply> RunAsync(HttpContext context, Operation operation, Func<ApiRequest, ValueTask<ApiReply>> handler)
    {
        var request = context.Request;
        var bounds = operation.Access == Access.Anyone ? _anyone : _known;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = (long)bounds.BodyBytes * Drained;
        if (operation.AnswersJson && !TakesJson(request))
            return new Fault(FaultCode.NotAcceptable, "The answer is application/json.") { Member = HeaderNames.Accept };
        if (!Query.TryRead(request, out var query, out var fault)) return fault;
        Caller? caller = null;
        if (operation.Access != Access.Anyone)
        {
            var authenticated = await authenticator.AuthenticateAsync(context, operation.Access == Access.TokenAlsoInQuery);
            if (!authenticated.TryGet(out caller, out fault)) return fault;
        }
        if (request.ContentLength > bounds.BodyBytes) return TooLarge(bounds.BodyBytes);
        ReadOnlyMemory<byte> body = default;
        if (operation.Body is not null && HasBody(context))
        {
            if (IsEncoded(request)) return new Fault(FaultCode.UnsupportedMediaType, "The body must not be encoded.") { Member = HeaderNames.ContentEncoding };
            if (!SendsJson(request)) return new Fault(FaultCode.UnsupportedMediaType, "The body must be application/json in UTF-8.") { Member = HeaderNames.ContentType };
            var read = await ReadAsync(request, bounds.BodyBytes, context.RequestAborted);
            if (!read.TryGet(out body, out fault)) return fault;
        }
        return await handler(new ApiRequest(context, query, caller, body, bounds) { BodyIsOptional = operation.Body?.Optional ?? true });
    }

    private async ValueTask<Outcome<ReadOnlyMemory<byte>>> ReadAsync(HttpRequest request, int bound, CancellationToken cancellationToken)
    {
        // Most bodies have come with their headers: no timer for those.
        if (request.BodyReader.TryRead(out var result))
        {
            if (result.IsCompleted || result.Buffer.Length > bound) return Take(request.BodyReader, result, bound);
            request.BodyReader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
        using var timeout = new CancellationTokenSource(BodyTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            while (true)
            {
                result = await request.BodyReader.ReadAsync(either.Token);
                if (result.IsCompleted || result.Buffer.Length > bound) return Take(request.BodyReader, result, bound);
                request.BodyReader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            request.HttpContext.Response.Headers.Connection = "close";
            return new Fault(FaultCode.BadRequest, $"The body did not come within {BodyTime.TotalSeconds} seconds.");
        }
    }

    private static Outcome<ReadOnlyMemory<byte>> Take(PipeReader reader, in ReadResult result, int bound)
    {
        var buffer = result.Buffer;
        Outcome<ReadOnlyMemory<byte>> body = buffer.Length > bound ? TooLarge(bound) : (ReadOnlyMemory<byte>)buffer.ToArray();
        reader.AdvanceTo(buffer.End);
        return body;
    }

    private static Fault TooLarge(int bound) => new(FaultCode.TooLarge, $"A request body here has at most {bound} bytes.");

    private static bool HasBody(HttpContext context) =>
        context.Request.ContentLength != 0 && (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? context.Request.ContentLength > 0);

    private static bool SendsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals(Answer.Json, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static bool IsEncoded(HttpRequest request) => request.Headers.ContentEncoding.Any(encoding => encoding is not (null or "" or "identity"));

    private static bool TakesJson(HttpRequest request)
    {
        var header = request.Headers.Accept;
        if (header.Count == 0 || !MediaTypeHeaderValue.TryParseList(header, out var ranges) || ranges.Count == 0) return true;
        // RFC 9110, section 12.5.1: the most specific range decides.
        var range = ranges.Where(Json.IsSubsetOf).OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0).FirstOrDefault();
        return range is not null && range.Quality != 0;
    }
}
