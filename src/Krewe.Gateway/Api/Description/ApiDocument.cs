using Krewe.Core.Errors;
using Microsoft.OpenApi;

namespace Krewe.Gateway.Api.Description;

/// <summary>Makes the OpenAPI document of the calls that are served.</summary>
internal static class ApiDocument
{
    private const string Bearer = "bearer";
    private const string QueryToken = "queryToken";

    public static OpenApiDocument Build(IReadOnlyList<Operation> operations, int bodyBytes)
    {
        var document = new OpenApiDocument
        {
            Info = new()
            {
                Title = "Krewe, the native API",
                Version = ApiVersion.Current,
                Description = $"Every user has a durable mailbox, read by one cursor over every transport. A request body has at most {bodyBytes} bytes. "
                    + "JSON members that are not listed are passed over; null counts as left out.",
                License = new() { Name = "Apache-2.0", Identifier = "Apache-2.0" },
            },
            Servers = [new() { Url = "/" }],
            Paths = [],
            Components = new()
            {
                SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
                {
                    [Bearer] = new OpenApiSecurityScheme
                    {
                        Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT", Description = "A token of POST /v1/tokens, or of the configured OpenID Connect issuer.",
                    },
                    [QueryToken] = new OpenApiSecurityScheme
                    {
                        Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Query, Name = Accounts.Authenticator.QueryParameter,
                        Description = "The same token, where a browser cannot set a header.",
                    },
                },
            },
            Tags = operations.Select(operation => new OpenApiTag { Name = operation.Tag }).DistinctBy(tag => tag.Name).ToHashSet(),
        };
        document.Components.Schemas = ApiSchemas.Components(document);
        document.RegisterComponents();
        foreach (var group in operations.GroupBy(operation => operation.Path))
            document.Paths[group.Key] = new OpenApiPathItem
            {
                Operations = group.ToDictionary(operation => new HttpMethod(operation.Method), operation => Describe(operation, document)),
            };
        return document;
    }

    private static OpenApiOperation Describe(Operation operation, OpenApiDocument document) => new()
    {
        OperationId = operation.Id,
        Summary = operation.Summary,
        Description = operation.Description,
        Tags = new HashSet<OpenApiTagReference> { new(operation.Tag, document) },
        Parameters = operation.Parameters.Count == 0 ? null : [.. operation.Parameters.Select(Describe)],
        RequestBody = operation.Body is { } body
            ? new OpenApiRequestBody
            {
                Required = !body.Optional,
                Content = new Dictionary<string, OpenApiMediaType> { [Answer.Json] = new() { Schema = ApiSchemas.Body(body.Members) } },
            }
            : null,
        Responses = Responses(operation, document),
        Security = Security(operation.Access, document),
    };

    private static IOpenApiParameter Describe(Parameter parameter) => new OpenApiParameter
    {
        Name = parameter.Name,
        In = parameter.Place switch
        {
            ParameterPlace.Path => ParameterLocation.Path,
            ParameterPlace.Header => ParameterLocation.Header,
            _ => ParameterLocation.Query,
        },
        Required = parameter.Place == ParameterPlace.Path,
        Description = parameter.Description,
        Schema = ApiSchemas.Of(parameter),
    };

    private static List<OpenApiSecurityRequirement> Security(Access access, OpenApiDocument document)
    {
        OpenApiSecurityRequirement By(string scheme) => new() { [new OpenApiSecuritySchemeReference(scheme, document)] = [] };
        return access switch
        {
            Access.Anyone => [],
            Access.Token => [By(Bearer)],
            _ => [By(Bearer), By(QueryToken)],
        };
    }

    private static OpenApiResponses Responses(Operation operation, OpenApiDocument document)
    {
        var responses = new OpenApiResponses();
        foreach (var answer in operation.Answers)
            responses[Status(answer.Status)] = new OpenApiResponse
            {
                Description = answer.Description,
                Content = answer.Content.Count == 0 ? null : answer.Content.ToDictionary(
                    content => content.MediaType,
                    content => new OpenApiMediaType { Schema = content.Schema is { } schema ? new OpenApiSchemaReference(schema, document) : null }),
            };
        foreach (var group in FaultsOf(operation).Distinct().GroupBy(code => code.HttpStatus()).OrderBy(group => group.Key))
            responses[Status(group.Key)] = new OpenApiResponse
            {
                Description = string.Join(" ", group.Select(code => $"`{code.Name()}`: {Problems.Title(code)}.")),
                Headers = Headers(group.Key),
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [Problems.ContentType] = new() { Schema = new OpenApiSchemaReference("Problem", document) },
                },
            };
        return responses;
    }

    /// <summary>A call's own faults and those that every call of its kind can have.</summary>
    internal static IEnumerable<FaultCode> FaultsOf(Operation operation)
    {
        foreach (var code in operation.Faults) yield return code;
        yield return FaultCode.BadRequest;
        if (operation.Access != Access.Anyone) yield return FaultCode.Unauthorized;
        if (operation.AnswersJson) yield return FaultCode.NotAcceptable;
        yield return FaultCode.TooLarge;
        if (operation.Body is not null) yield return FaultCode.UnsupportedMediaType;
        yield return FaultCode.RateLimited;
        yield return FaultCode.Internal;
        yield return FaultCode.Unavailable;
    }

    private static Dictionary<string, IOpenApiHeader>? Headers(int status)
    {
        var (name, text) = status switch
        {
            401 => ("WWW-Authenticate", "Bearer (RFC 6750)."),
            429 or 503 => ("Retry-After", "Seconds until it makes sense to try again."),
            _ => ("", ""),
        };
        return name.Length == 0 ? null : new() { [name] = new OpenApiHeader { Description = text, Schema = new OpenApiSchema { Type = JsonSchemaType.String } } };
    }

    private static string Status(int status) => status.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
