using Krewe.Core.Errors;
using Krewe.Protocols.Json;

namespace Krewe.Gateway.Api;

/// <summary>Who may make a call.</summary>
internal enum Access
{
    /// <summary>Anybody: it is how one comes to a token.</summary>
    Anyone,
    /// <summary>Who has a token in the Authorization header.</summary>
    Token,
    /// <summary>As <see cref="Token"/>, and the token may be in the query where a browser cannot set a header.</summary>
    TokenAlsoInQuery,
}

/// <summary>One call of the native API: what routes it, what checks its parameters and body, and what describes it at <c>/openapi/v1.json</c>.</summary>
/// <param name="Id">A name for it in generated clients, for example <c>sendMessage</c>.</param>
internal sealed record Operation(string Method, string Path, string Id, string Summary)
{
    /// <summary>The heading under which it is published.</summary>
    public required string Tag { get; init; }

    public string? Description { get; init; }

    public Access Access { get; init; } = Access.Token;

    public IReadOnlyList<Parameter> Parameters { get; init; } = [];

    public RequestBody? Body { get; init; }

    public required IReadOnlyList<Answer> Answers { get; init; }

    /// <summary>The faults that are its own; those of every call (a bad token, a bad parameter, a full server) are added.</summary>
    public IReadOnlyList<FaultCode> Faults { get; init; } = [];

    /// <summary>Does a client that takes no JSON want nothing of it?</summary>
    public bool AnswersJson => Answers.Any(answer => answer.Content.Any(content => content.MediaType == Answer.Json));
}

/// <summary>The JSON object that a call takes.</summary>
internal sealed record RequestBody(params IReadOnlyList<JsonMember> Members)
{
    /// <summary>May be left out altogether?</summary>
    public bool Optional { get; init; }
}

/// <summary>One way in which a call succeeds.</summary>
/// <param name="Content">The media types and, of JSON, the names of the schemas.</param>
internal sealed record Answer(int Status, string Description, params IReadOnlyList<(string MediaType, string? Schema)> Content)
{
    public const string Json = "application/json";

    public static Answer Of(int status, string description, string schema) => new(status, description, (Json, schema));

    public static Answer Done(string description = "Done.") => new(204, description);
}
