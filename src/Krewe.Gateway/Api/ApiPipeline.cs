using System.Buffers;
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
internal sealed class ApiPipeline(Authenticator authenticator, IOptions<LimitOptions> limits, IOptions<DomainOptions> domain)
{
    // A body that was refused is read and thrown away up to here, so that the client hears the answer before the connection ends.
    private const int Drained = 16;

    private static readonly MediaTypeHeaderValue Json = new(Answer.Json);

    private readonly RequestBounds _bounds = new(domain.Value.Domain, limits.Value.JsonDepth, limits.Value.MessageBytes, limits.Value.LoginBytes);

    public RequestDelegate Build(Operation operation, Func<ApiRequest, ValueTask<ApiReply>> handler) => async context =>
    {
        var reply = await RunAsync(context, operation, handler);
        if (reply.Fault?.Code == FaultCode.TooLarge) context.Response.Headers.Connection = "close";
        await reply.WriteAsync(context);
    };

    private async ValueTask<ApiReply> RunAsync(HttpContext context, Operation operation, Func<ApiRequest, ValueTask<ApiReply>> handler)
    {
        var request = context.Request;
        var bound = operation.Access == Access.Anyone ? _bounds.LoginBytes : _bounds.BodyBytes;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = (long)bound * Drained;
        if (operation.AnswersJson && !TakesJson(request))
            return new Fault(FaultCode.NotAcceptable, "The answer is application/json.") { Member = HeaderNames.Accept };
        if (!Query.TryRead(request, out var query, out var fault)) return fault;
        Caller? caller = null;
        if (operation.Access != Access.Anyone)
        {
            var authenticated = await authenticator.AuthenticateAsync(context, operation.Access == Access.TokenAlsoInQuery);
            if (!authenticated.TryGet(out caller, out fault)) return fault;
        }
        if (request.ContentLength > bound) return TooLarge(bound);
        ReadOnlyMemory<byte> body = default;
        if (operation.Body is not null && HasBody(context))
        {
            if (!SendsJson(request)) return new Fault(FaultCode.UnsupportedMediaType, "The body must be application/json in UTF-8.") { Member = HeaderNames.ContentType };
            var read = await ReadAsync(request, bound, context.RequestAborted);
            if (!read.TryGet(out body, out fault)) return fault;
        }
        return await handler(new ApiRequest(context, query, caller, body, _bounds) { BodyIsOptional = operation.Body?.Optional ?? true });
    }

    private static async ValueTask<Outcome<ReadOnlyMemory<byte>>> ReadAsync(HttpRequest request, int bound, CancellationToken cancellationToken)
    {
        var reader = request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (buffer.Length > bound)
            {
                reader.AdvanceTo(buffer.End);
                return TooLarge(bound);
            }
            if (result.IsCompleted)
            {
                ReadOnlyMemory<byte> body = buffer.ToArray();
                reader.AdvanceTo(buffer.End);
                return body;
            }
            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static Fault TooLarge(int bound) => new(FaultCode.TooLarge, $"A request body here has at most {bound} bytes.");

    private static bool HasBody(HttpContext context) =>
        context.Request.ContentLength != 0 && (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? context.Request.ContentLength > 0);

    private static bool SendsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals(Answer.Json, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        && (request.Headers.ContentEncoding.Count == 0 || request.Headers.ContentEncoding == "identity");

    private static bool TakesJson(HttpRequest request)
    {
        var header = request.Headers.Accept;
        if (header.Count == 0 || !MediaTypeHeaderValue.TryParseList(header, out var ranges) || ranges.Count == 0) return true;
        // RFC 9110, section 12.5.1: the most specific range decides.
        var range = ranges.Where(Json.IsSubsetOf).OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0).FirstOrDefault();
        return range is not null && range.Quality != 0;
    }
}
