using System.Net;
using Krewe.Core;
using Krewe.Core.Accounts;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Api;
using Krewe.Protocols.Xmpp.Sasl;
using Microsoft.Extensions.Options;

namespace Krewe.Gateway.Xmpp.Login;

/// <summary>The accounts, as one client's login sees them: its network address is counted against.</summary>
internal sealed class SaslAccountsFactory(
    Users users, PasswordWork passwords, LoginThrottles throttles, Authenticator authenticator, ApiMetrics metrics, IOptions<DomainOptions> domain)
{
    public ISaslAccounts For(IPAddress? remote) => new SaslAccounts(this, remote);

    private sealed class SaslAccounts(SaslAccountsFactory parts, IPAddress? remote) : ISaslAccounts
    {
        public Jid? AddressOf(string username) =>
            Jid.TryParseUser(username, parts.Domain, out var address, out _) && address.Domain.SequenceEqual(parts.Domain) && address.IsBare && !address.Local.IsEmpty
                ? address : null;

        public async ValueTask<Outcome<LoginChallenge>> BeginAsync(Jid address, CancellationToken cancellationToken)
        {
            // Counted before, so that many tries at once are all counted; taken back when it was no failure.
            if (parts.Throttles.Failures.TryCount(remote, "Too many failed logins from this network address.") is { } throttled) return throttled;
            var begun = await parts.Users.CallAsync(address, user => user.Account.BeginLoginAsync(), cancellationToken).ConfigureAwait(false);
            if (begun.Fault is not null) parts.Throttles.Failures.Forgive(remote);
            return begun;
        }

        public ValueTask<Outcome<bool>> VerifyAsync(string password, ScramVerifier verifier, CancellationToken cancellationToken) =>
            parts.Passwords.VerifyAsync(password, verifier, cancellationToken);

        public async ValueTask EndAsync(Jid address, bool good)
        {
            parts.Metrics.LoggedIn(good ? "good" : "bad");
            if (good) parts.Throttles.Failures.Forgive(remote);
            await parts.Users.CallAsync<Done>(
                address,
                async user =>
                {
                    await user.Account.EndLoginAsync(good);
                    return default(Done);
                },
                // A client that goes away at once does not take its failure with it.
                CancellationToken.None).ConfigureAwait(false);
        }

        public async ValueTask<Outcome<SaslIdentity>> CheckTokenAsync(string token, CancellationToken cancellationToken)
        {
            if (parts.Throttles.Failures.TryCount(remote, "Too many failed logins from this network address.") is { } throttled) return throttled;
            var authenticated = await parts.Authenticator.AuthenticateAsync(token, cancellationToken).ConfigureAwait(false);
            if (authenticated.Fault?.Code != FaultCode.Unauthorized) parts.Throttles.Failures.Forgive(remote);
            return authenticated.TryGet(out var caller, out var fault) ? new SaslIdentity(caller.Address, caller.Token) : fault;
        }
    }

    private Users Users => users;

    private PasswordWork Passwords => passwords;

    private LoginThrottles Throttles => throttles;

    private Authenticator Authenticator => authenticator;

    private ApiMetrics Metrics => metrics;

    private string Domain => domain.Value.Domain;
}
