using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Krewe.Core;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Krewe.Server.Admin.Calls;

/// <summary>Reads what a call of the admin API was given. Whatever is wrong becomes a <see cref="Fault"/> that names the member.</summary>
internal static class AdminRequest
{
    public const int MaxBodyBytes = 16 << 10;

    // An operator's script that misspells a member must not be told that all went well.
    private static readonly JsonSerializerOptions Strict = new(AdminReply.Form) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>A name or address of this server's domain.</summary>
    public static Outcome<Jid> User(HttpContext context, string? text, string member = "user")
    {
        var domain = context.RequestServices.GetRequiredService<IOptions<DomainOptions>>().Value.Domain;
        if (string.IsNullOrEmpty(text))
            return Fault.BadRequest(member, "The user is missing.");
        if (!Jid.TryParseUser(text, domain, out var user, out var error))
            return Fault.BadRequest(member, error);
        return user.Domain.SequenceEqual(domain) ? user : Fault.BadRequest(member, $"Users here are of {domain}.");
    }

    public static Outcome<Jid> RouteUser(HttpContext context) => User(context, (string?)context.GetRouteValue("user"));

    /// <summary>A query parameter; null if it is missing or empty.</summary>
    public static string? Text(HttpContext context, string name) => context.Request.Query[name].ToString() is { Length: > 0 } text ? text : null;

    public static Outcome<int> Limit(HttpContext context, int standard, int most) =>
        Number(context, "limit", standard, 1, most).TryGet(out var value, out var fault) ? (int)value : fault;

    public static Outcome<long> Number(HttpContext context, string name, long standard, long least, long most) =>
        Text(context, name) is not { } text ? standard
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
        : Fault.BadRequest(name, string.Create(CultureInfo.InvariantCulture, $"{name} is {least} to {most}."));

    /// <summary>Query parameters that the call does not know: a misspelt filter must not list everything.</summary>
    public static Fault? Unknown(HttpContext context, params ReadOnlySpan<string> known)
    {
        foreach (var name in context.Request.Query.Keys)
            if (!known.Contains(name))
                return Fault.BadRequest(name, known.Length == 0 ? "The call has no parameters." : $"There is no such parameter; there are {string.Join(", ", known.ToArray())}.");
        return null;
    }

    /// <summary>The body as JSON; an empty one is an object without members where <paramref name="optional"/>.</summary>
    public static async Task<Outcome<T>> BodyAsync<T>(HttpContext context, bool optional = false) where T : class, new()
    {
        var request = context.Request;
        if (optional && request.ContentLength is null or 0 && !request.Headers.ContainsKey("Transfer-Encoding"))
            return new T();
        if (!request.HasJsonContentType())
            return new Fault(FaultCode.UnsupportedMediaType, "The body is JSON: Content-Type: application/json.") { Member = "Content-Type" };
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound)
            bound.MaxRequestBodySize = MaxBodyBytes;
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(request.Body, Strict, context.RequestAborted) is { } body
                ? body : Fault.BadRequest("body", "A JSON object is expected.");
        }
        catch (JsonException wrong)
        {
            var member = wrong.Path is { Length: > 2 } path ? path[2..] : "body";
            return wrong.Message.Contains("could not be mapped", StringComparison.Ordinal)
                ? Fault.BadRequest(member, "The call knows no such member.") : Fault.BadRequest(member, "It is not JSON of the expected form.");
        }
        catch (BadHttpRequestException large) when (large.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return new Fault(FaultCode.TooLarge, $"The body has more than {MaxBodyBytes} bytes.") { Member = "body" };
        }
    }
}
