using Krewe.Core.Accounts;
using Krewe.Core.Addresses;

namespace Krewe.Protocols.Xmpp.Sasl;

/// <summary>Who logged in, and by which token if it was one.</summary>
public sealed record SaslIdentity(Jid Address, TokenInfo? Token = null);

/// <summary>What a mechanism says to a client's message: a challenge, a success with last words, or a failure.</summary>
public sealed record SaslStep
{
    /// <summary>Goes to the client; of a success, possibly nothing.</summary>
    public ReadOnlyMemory<byte> Data { get; private init; }

    /// <summary>Set when the login is good.</summary>
    public SaslIdentity? Identity { get; private init; }

    /// <summary>Set when it has failed.</summary>
    public SaslFailure? Failure { get; private init; }

    /// <summary>Words for a person.</summary>
    public string? Text { get; private init; }

    public static SaslStep Challenge(ReadOnlyMemory<byte> data) => new() { Data = data };

    public static SaslStep Success(SaslIdentity identity, ReadOnlyMemory<byte> data = default) => new() { Identity = identity, Data = data };

    public static SaslStep Fail(SaslFailure failure, string? text = null) => new() { Failure = failure, Text = text };
}
