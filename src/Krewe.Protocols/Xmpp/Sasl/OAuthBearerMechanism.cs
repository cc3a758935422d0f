// RFC 7628: A Set of SASL Mechanisms for OAuth, OAUTHBEARER.
using Krewe.Core.Errors;

namespace Krewe.Protocols.Xmpp.Sasl;

/// <summary>A bearer token of the native API, or of the configured issuer, in place of a password.</summary>
public sealed class OAuthBearerMechanism(ISaslAccounts accounts) : SaslMechanism
{
    public const string Name = "OAUTHBEARER";

    private bool _refused;

    public override async ValueTask<SaslStep> RespondAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        // Section 3.2.3: after the error comes a single 0x01, and then the failure.
        if (_refused) return NotAuthorized;
        if (!TryRead(message.Span, out var authzid, out var token)) return Malformed;
        var found = await accounts.CheckTokenAsync(token, cancellationToken);
        if (!found.TryGet(out var identity, out var fault))
        {
            if (fault.Code != FaultCode.Unauthorized) return Of(fault);
            _refused = true;
            return SaslStep.Challenge("{\"status\":\"invalid_token\"}"u8.ToArray());
        }
        return authzid.Length > 0 && accounts.AddressOf(authzid) != identity.Address
            ? SaslStep.Fail(SaslFailure.InvalidAuthzid)
            : SaslStep.Success(identity);
    }

    private static bool TryRead(ReadOnlySpan<byte> message, out string authzid, out string token)
    {
        (authzid, token) = ("", "");
        if (!SaslText.TryDecode(message, out var text)) return false;
        // The header of RFC 5801 without channel binding, then pairs, each ended by 0x01, and one more 0x01.
        var parts = text.Split('\u0001');
        if (parts.Length < 4 || parts[^1].Length > 0 || parts[^2].Length > 0 || !Gs2Header.TryRead(parts[0], out var header, out var rest)) return false;
        if (header.Flag == Gs2Flag.Bound || rest.Length > 0) return false;
        authzid = header.Authzid ?? "";
        foreach (var part in parts.AsSpan(1, parts.Length - 3))
        {
            if (!part.StartsWith("auth=", StringComparison.Ordinal)) continue;
            if (token.Length > 0 || !part.StartsWith("auth=bearer ", StringComparison.OrdinalIgnoreCase)) return false;
            token = part["auth=bearer ".Length..].Trim();
        }
        return token.Length > 0;
    }
}
