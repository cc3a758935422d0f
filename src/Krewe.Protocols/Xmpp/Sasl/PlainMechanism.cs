// RFC 4616: The PLAIN Simple Authentication and Security Layer (SASL) Mechanism.
using System.Text;
using Krewe.Core.Addresses;

namespace Krewe.Protocols.Xmpp.Sasl;

/// <summary>A name and a password in clear, for encrypted streams.</summary>
public sealed class PlainMechanism(ISaslAccounts accounts) : SaslMechanism
{
    public const string Name = "PLAIN";

    private const int MaxPasswordBytes = 1024;

    public override async ValueTask<SaslStep> RespondAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (!TryRead(message.Span, out var authzid, out var username, out var password)) return Malformed;
        if (accounts.AddressOf(username) is not { } address || !Precis.TryOpaque(password, out var opaque, out _)) return NotAuthorized;
        // Nobody acts for another (RFC 6120, section 6.3.8).
        if (authzid.Length > 0 && accounts.AddressOf(authzid) != address) return SaslStep.Fail(SaslFailure.InvalidAuthzid);
        var begun = await accounts.BeginAsync(address, cancellationToken);
        if (!begun.TryGet(out var challenge, out var fault)) return Of(fault);
        var good = false;
        try
        {
            var verified = await accounts.VerifyAsync(opaque, challenge.Credentials.Sha256, cancellationToken);
            if (!verified.TryGet(out var fits, out fault)) return Of(fault);
            good = fits && challenge.Exists;
        }
        finally
        {
            await accounts.EndAsync(address, good);
        }
        return good ? SaslStep.Success(new SaslIdentity(address)) : NotAuthorized;
    }

    private static bool TryRead(ReadOnlySpan<byte> message, out string authzid, out string username, out string password)
    {
        (authzid, username, password) = ("", "", "");
        var first = message.IndexOf((byte)0);
        if (first < 0) return false;
        var rest = message[(first + 1)..];
        var second = rest.IndexOf((byte)0);
        if (second < 1 || second + 1 == rest.Length || rest.Length - second - 1 > MaxPasswordBytes || rest[(second + 1)..].Contains((byte)0)) return false;
        return SaslText.TryDecode(message[..first], out authzid) && SaslText.TryDecode(rest[..second], out username) && SaslText.TryDecode(rest[(second + 1)..], out password);
    }
}

/// <summary>Text within SASL messages: strict UTF-8.</summary>
internal static class SaslText
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out string text)
    {
        text = System.Text.Unicode.Utf8.IsValid(bytes) ? Strict.GetString(bytes) : "";
        return text.Length > 0 || bytes.IsEmpty;
    }
}
