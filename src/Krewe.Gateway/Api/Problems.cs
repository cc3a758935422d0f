using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Krewe.Core.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Krewe.Gateway.Api;

/// <summary>Writes a <see cref="Fault"/> as problem details (RFC 9457).</summary>
internal static class Problems
{
    public const string ContentType = "application/problem+json";

    /// <summary>The <c>type</c> of a problem is this and its code.</summary>
    public const string TypePrefix = "urn:krewe:problem:";

    // The text is JSON and nothing else, whatever a browser makes of it: no character needs to hide from HTML.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers with the fault's status, headers and body. Headers that the caller has set stay.</summary>
    public static async Task WriteAsync(HttpContext context, Fault fault)
    {
        var response = context.Response;
        var status = fault.Code.HttpStatus();
        response.StatusCode = status;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (RetryAfter(fault) is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = Challenge(fault);
        var body = new ArrayBufferWriter<byte>(256);
        Write(body, fault);
        response.ContentLength = body.WrittenCount;
        await response.BodyWriter.WriteAsync(body.WrittenMemory, context.RequestAborted);
    }

    public static void Write(IBufferWriter<byte> output, Fault fault)
    {
        using var json = new Utf8JsonWriter(output, Plain);
        json.WriteStartObject();
        json.WriteString("type"u8, TypePrefix + fault.Code.Name());
        json.WriteString("title"u8, Title(fault.Code));
        json.WriteNumber("status"u8, fault.Code.HttpStatus());
        json.WriteString("detail"u8, fault.Message);
        json.WriteString("code"u8, fault.Code.Name());
        if (fault.Member is { } member) json.WriteString("member"u8, member);
        if (fault.First is { } first) json.WriteNumber("first"u8, first);
        if (fault.Last is { } last) json.WriteNumber("last"u8, last);
        json.WriteEndObject();
    }

    /// <summary>What a code means, in a few words that never change with the occasion.</summary>
    public static string Title(FaultCode code) => code switch
    {
        FaultCode.BadRequest => "The request breaks the contract",
        FaultCode.Unauthorized => "A good token is needed",
        FaultCode.BadCredentials => "Wrong name or password",
        FaultCode.Forbidden => "Not allowed",
        FaultCode.RegistrationClosed => "Accounts are made by the operator",
        FaultCode.NotFound => "Not found",
        FaultCode.MethodNotAllowed => "The resource does not know this method",
        FaultCode.NotAcceptable => "No acceptable media type is served",
        FaultCode.AccountExists => "The name is taken",
        FaultCode.IdConflict => "The id was used for another message",
        FaultCode.CursorAhead => "The cursor lies beyond the mailbox",
        FaultCode.CursorExpired => "Items after the cursor are gone",
        FaultCode.TooLarge => "Larger than the bound",
        FaultCode.UnsupportedMediaType => "The body's media type is not understood",
        FaultCode.TooMany => "More than the bound",
        FaultCode.RateLimited => "Faster than the bound",
        FaultCode.Internal => "The server failed",
        FaultCode.Unavailable => "Not available now",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, null),
    };

    // RFC 9110, section 10.2.3: whole seconds; rounded up, for coming back too early is what it is to prevent.
    private static long? RetryAfter(Fault fault) => (fault.RetryAfter, fault.Code) switch
    {
        ({ } wait, _) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)),
        (null, FaultCode.RateLimited or FaultCode.Unavailable) => 1,
        _ => null,
    };

    // RFC 6750, section 3. A wrong password is no failed bearer token, but a 401 needs a challenge all the same (RFC 9110, section 15.5.2).
    private static string Challenge(Fault fault) => fault.Member == HeaderNames.Authorization
        ? "Bearer realm=\"krewe\", error=\"invalid_token\""
        : "Bearer realm=\"krewe\"";
}
