using System.Buffers;
using Krewe.Core.Errors;
using Microsoft.AspNetCore.Http;

namespace Krewe.Gateway.Api;

/// <summary>How a call ends: with a fault, with JSON, or with nothing to say.</summary>
internal readonly record struct ApiReply(int Status, Action<IBufferWriter<byte>>? Write, Fault? Fault)
{
    public static readonly ApiReply NoContent = new(StatusCodes.Status204NoContent, null, null);

    public static ApiReply Json(Action<IBufferWriter<byte>> write, int status = StatusCodes.Status200OK) => new(status, write, null);

    /// <summary>Nothing to say, or the fault.</summary>
    public static ApiReply Of(Outcome<Done> outcome) => outcome.Fault is { } fault ? fault : NoContent;

    public static implicit operator ApiReply(Fault fault) => new(0, null, fault);

    public async Task WriteAsync(HttpContext context)
    {
        if (Fault is not null)
        {
            await Problems.WriteAsync(context, Fault);
            return;
        }
        var response = context.Response;
        response.StatusCode = Status;
        // What is answered is one user's own, and of this instant.
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (Write is null) return;
        var body = new ArrayBufferWriter<byte>(512);
        Write(body);
        response.ContentType = Answer.Json;
        response.ContentLength = body.WrittenCount;
        await response.BodyWriter.WriteAsync(body.WrittenMemory, context.RequestAborted);
    }
}
