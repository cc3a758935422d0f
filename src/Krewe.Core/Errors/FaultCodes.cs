using System.Collections.Frozen;

namespace Krewe.Core.Errors;

/// <summary>The wire name and HTTP status of every <see cref="FaultCode"/>.</summary>
public static class FaultCodes
{
    private static readonly FrozenDictionary<FaultCode, (string Name, int Status)> Table = new Dictionary<FaultCode, (string, int)>
    {
        [FaultCode.BadRequest] = ("bad-request", 400),
        [FaultCode.Unauthorized] = ("unauthorized", 401),
        [FaultCode.BadCredentials] = ("bad-credentials", 401),
        [FaultCode.Forbidden] = ("forbidden", 403),
        [FaultCode.RegistrationClosed] = ("registration-closed", 403),
        [FaultCode.NotFound] = ("not-found", 404),
        [FaultCode.MethodNotAllowed] = ("method-not-allowed", 405),
        [FaultCode.NotAcceptable] = ("not-acceptable", 406),
        [FaultCode.AccountExists] = ("account-exists", 409),
        [FaultCode.IdConflict] = ("id-conflict", 409),
        [FaultCode.CursorAhead] = ("cursor-ahead", 409),
        [FaultCode.CursorExpired] = ("cursor-expired", 410),
        [FaultCode.TooLarge] = ("too-large", 413),
        [FaultCode.UnsupportedMediaType] = ("unsupported-media-type", 415),
        [FaultCode.TooMany] = ("too-many", 429),
        [FaultCode.RateLimited] = ("rate-limited", 429),
        [FaultCode.Internal] = ("internal", 500),
        [FaultCode.Unavailable] = ("unavailable", 503),
    }.ToFrozenDictionary();

    /// <summary>The stable word that clients see, for example <c>not-found</c>.</summary>
    public static string Name(this FaultCode code) => Table[code].Name;

    /// <summary>The HTTP status that goes with the code.</summary>
    public static int HttpStatus(this FaultCode code) => Table[code].Status;
}
