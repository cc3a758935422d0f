using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Krewe.Gateway.Api;

/// <summary>Calls of one capability of the native API.</summary>
internal interface IApiEndpoints
{
    void Map(ApiRoutes routes);
}

/// <summary>Where the capabilities put their calls; what is put here is what is published.</summary>
internal sealed class ApiRoutes(IEndpointRouteBuilder routes, ApiPipeline pipeline)
{
    private readonly List<Operation> _operations = [];

    public IReadOnlyList<Operation> Operations => _operations;

    /// <summary>A call that is answered at once with JSON or nothing; the shared checks are made before.</summary>
    public void Map(Operation operation, Func<ApiRequest, ValueTask<ApiReply>> handler) => MapRaw(operation, pipeline.Build(operation, handler));

    /// <summary>A call that writes its answer itself and makes its own checks: streams and sockets.</summary>
    public void MapRaw(Operation operation, RequestDelegate handler)
    {
        _operations.Add(operation);
        // The host leaves out the body of an answer to HEAD. Streams and sockets have none that would end.
        string[] methods = operation is { Method: "GET", AnswersJson: true } ? [operation.Method, HttpMethods.Head] : [operation.Method];
        routes.MapMethods(operation.Path, methods, handler).WithMetadata(operation).WithDisplayName($"{operation.Method} {operation.Path}");
    }
}
