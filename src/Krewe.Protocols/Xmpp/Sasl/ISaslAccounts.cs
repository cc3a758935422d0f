using Krewe.Core.Accounts;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;

namespace Krewe.Protocols.Xmpp.Sasl;

/// <summary>What mechanisms ask of the accounts. Every question that is answered well is followed by <see cref="EndAsync"/>.</summary>
public interface ISaslAccounts
{
    /// <summary>The address that a user name means here; null for one that nobody can have.</summary>
    Jid? AddressOf(string username);

    /// <summary>Begins a login: the verifiers of the account, pretended ones if there is none; a fault if nobody may try now.</summary>
    ValueTask<Outcome<LoginChallenge>> BeginAsync(Jid address, CancellationToken cancellationToken);

    /// <summary>Does the password fit? Takes the same time for every account.</summary>
    ValueTask<Outcome<bool>> VerifyAsync(string password, ScramVerifier verifier, CancellationToken cancellationToken);

    /// <summary>Tells how a login ended that was begun.</summary>
    ValueTask EndAsync(Jid address, bool good);

    /// <summary>Whose token it is.</summary>
    ValueTask<Outcome<SaslIdentity>> CheckTokenAsync(string token, CancellationToken cancellationToken);
}
