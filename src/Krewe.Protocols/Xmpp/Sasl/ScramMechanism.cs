// RFC 5802 (SCRAM-SHA-1), RFC 7677 (SCRAM-SHA-256), RFC 5929 (tls-server-end-point).
using System.Security.Cryptography;
using System.Text;
using Krewe.Core.Accounts;
using Krewe.Core.Addresses;

namespace Krewe.Protocols.Xmpp.Sasl;

/// <summary>A proof that the client knows the password, and one that the server knows its verifier. Neither learns what it does not know.</summary>
public sealed class ScramMechanism : SaslMechanism
{
    private static readonly byte[] ServerEnd = "v="u8.ToArray();

    private readonly ScramKind _kind;
    private readonly ISaslAccounts _accounts;
    private readonly ChannelBindings _bindings;
    private readonly string _nonce;
    private Gs2Header? _header;
    private Jid _address;
    private LoginChallenge? _challenge;
    private string _firstBare = "";
    private string _serverFirst = "";
    private string _bothNonces = "";

    /// <param name="bindings">What the stream's encryption can be bound by.</param>
    /// <param name="nonce">Null: a random one.</param>
    public ScramMechanism(ScramKind kind, ISaslAccounts accounts, ChannelBindings bindings, string? nonce = null)
    {
        (_kind, _accounts, _bindings) = (kind, accounts, bindings);
        _nonce = nonce ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
    }

    public override ValueTask<SaslStep> RespondAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (!SaslText.TryDecode(message.Span, out var text)) return new(Malformed);
        return _challenge is null ? BeginAsync(text, cancellationToken) : EndAsync(text);
    }

    public override ValueTask AbandonAsync()
    {
        if (_challenge is null) return default;
        _challenge = null;
        return _accounts.EndAsync(_address, good: false);
    }

    private async ValueTask<SaslStep> BeginAsync(string message, CancellationToken cancellationToken)
    {
        if (!Gs2Header.TryRead(message, out _header, out _firstBare) || !TryReadFirst(_firstBare, out var username, out var nonce)) return Malformed;
        // Section 6: with -PLUS the client binds, without it does not; "y" where binding was offered means that somebody took the offer away.
        if (_kind.Plus != (_header.Flag == Gs2Flag.Bound) || (_header.Flag == Gs2Flag.Unoffered && _bindings.Any)) return NotAuthorized;
        if (_header.Binding is { } binding && _bindings.Find(binding) is null) return Malformed;
        if (_accounts.AddressOf(username) is not { } address) return NotAuthorized;
        if (_header.Authzid is { } authzid && _accounts.AddressOf(authzid) != address) return SaslStep.Fail(SaslFailure.InvalidAuthzid);
        var begun = await _accounts.BeginAsync(address, cancellationToken);
        if (!begun.TryGet(out var challenge, out var fault)) return Of(fault);
        (_address, _challenge) = (address, challenge);
        var verifier = Verifier(challenge);
        _bothNonces = nonce + _nonce;
        _serverFirst = $"r={_bothNonces},s={Convert.ToBase64String(verifier.Salt)},i={verifier.Iterations}";
        return SaslStep.Challenge(Encoding.UTF8.GetBytes(_serverFirst));
    }

    private async ValueTask<SaslStep> EndAsync(string message)
    {
        var challenge = _challenge!;
        _challenge = null;
        byte[]? signature = null;
        var read = TryReadFinal(message, out var withoutProof, out var proof);
        if (read)
        {
            var authMessage = Encoding.UTF8.GetBytes($"{_firstBare},{_serverFirst},{withoutProof}");
            signature = Check(Verifier(challenge), authMessage, proof);
        }
        var good = signature is not null && challenge.Exists;
        await _accounts.EndAsync(_address, good);
        if (!read) return Malformed;
        return good ? SaslStep.Success(new SaslIdentity(_address), (byte[])[.. ServerEnd, .. Encoding.ASCII.GetBytes(Convert.ToBase64String(signature!))]) : NotAuthorized;
    }

    /// <summary>The server's signature if the proof is good (section 3).</summary>
    private byte[]? Check(ScramVerifier verifier, byte[] authMessage, byte[] proof)
    {
        var hash = _kind.Hash;
        var clientKey = CryptographicOperations.HmacData(hash, verifier.StoredKey, authMessage);
        if (proof.Length != clientKey.Length) return null;
        for (var i = 0; i < clientKey.Length; i++) clientKey[i] ^= proof[i];
        var serverSignature = CryptographicOperations.HmacData(hash, verifier.ServerKey, authMessage);
        return CryptographicOperations.FixedTimeEquals(CryptographicOperations.HashData(hash, clientKey), verifier.StoredKey) ? serverSignature : null;
    }

    private ScramVerifier Verifier(LoginChallenge challenge) => _kind.Hash == HashAlgorithmName.SHA1 ? challenge.Credentials.Sha1 : challenge.Credentials.Sha256;

    // An extension that begins with m= must be understood, and none is (section 5.1); others are passed over.
    private static bool TryReadFirst(string bare, out string username, out string nonce)
    {
        (username, nonce) = ("", "");
        var parts = bare.Split(',');
        if (parts.Length < 2 || !parts[0].StartsWith("n=", StringComparison.Ordinal) || !parts[1].StartsWith("r=", StringComparison.Ordinal)) return false;
        nonce = parts[1][2..];
        if (!ScramName.TryDecode(parts[0][2..], out var name) || nonce.Length == 0 || nonce.Any(c => c is < '!' or > '~')) return false;
        username = name;
        return true;
    }

    private bool TryReadFinal(string message, out string withoutProof, out byte[] proof)
    {
        (withoutProof, proof) = ("", []);
        var at = message.LastIndexOf(",p=", StringComparison.Ordinal);
        if (at < 0) return false;
        withoutProof = message[..at];
        var parts = withoutProof.Split(',');
        if (parts.Length < 2 || !parts[0].StartsWith("c=", StringComparison.Ordinal) || parts[1] != $"r={_bothNonces}") return false;
        byte[] bound = [.. Encoding.UTF8.GetBytes(_header!.Text), .. _header.Binding is { } name ? _bindings.Find(name)!.Value.Span : default];
        if (parts[0][2..] != Convert.ToBase64String(bound)) return false;
        var encoded = message[(at + 3)..];
        proof = new byte[encoded.Length];
        var valid = Convert.TryFromBase64String(encoded, proof, out var length);
        proof = proof[..length];
        return valid;
    }
}

/// <summary>One of the mechanisms of the SCRAM family.</summary>
/// <param name="Plus">The login is bound to the encryption of its stream.</param>
public sealed record ScramKind(string Name, HashAlgorithmName Hash, bool Plus)
{
    /// <summary>From the most to the least wanted.</summary>
    public static IReadOnlyList<ScramKind> All { get; } =
    [
        new("SCRAM-SHA-256-PLUS", HashAlgorithmName.SHA256, true),
        new("SCRAM-SHA-1-PLUS", HashAlgorithmName.SHA1, true),
        new("SCRAM-SHA-256", HashAlgorithmName.SHA256, false),
        new("SCRAM-SHA-1", HashAlgorithmName.SHA1, false),
    ];
}

/// <summary>What the encryption of a stream can be told by, so that a login on it is good on no other (RFC 5056).</summary>
public sealed class ChannelBindings
{
    public const string ServerEndPoint = "tls-server-end-point";

    public static readonly ChannelBindings None = new([]);

    private readonly (string Name, ReadOnlyMemory<byte> Data)[] _known;

    public ChannelBindings(IEnumerable<(string Name, ReadOnlyMemory<byte> Data)> known) => _known = [.. known];

    public bool Any => _known.Length > 0;

    public IEnumerable<string> Names => _known.Select(known => known.Name);

    public ReadOnlyMemory<byte>? Find(string name)
    {
        foreach (var known in _known)
        {
            if (known.Name == name) return known.Data;
        }
        return null;
    }
}
