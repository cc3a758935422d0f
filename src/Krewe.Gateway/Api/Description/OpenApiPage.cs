using Krewe.Core.Limits;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace Krewe.Gateway.Api.Description;

/// <summary>Serves the OpenAPI document, written once.</summary>
internal static class OpenApiPage
{
    public const string Path = "/openapi/v1.json";

    public static void MapOpenApiPage(this IEndpointRouteBuilder routes, IReadOnlyList<Operation> operations, LimitOptions limits)
    {
        var document = new Lazy<Task<byte[]>>(async () =>
        {
            using var stream = new MemoryStream();
            await ApiDocument.Build(operations, limits.MessageBytes).SerializeAsJsonAsync(stream, OpenApiSpecVersion.OpenApi3_1);
            return stream.ToArray();
        });
        routes.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], async (HttpContext context) =>
        {
            var bytes = await document.Value;
            context.Response.ContentType = Answer.Json;
            context.Response.ContentLength = bytes.Length;
            await context.Response.BodyWriter.WriteAsync(bytes, context.RequestAborted);
        });
    }
}
