using System.Security.Cryptography;
using System.Text;
using Krewe.Core.Accounts;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Limits;
using Krewe.Gateway.Accounts;
using Krewe.Protocols.Json;
using Microsoft.Extensions.Options;

namespace Krewe.Server.Admin.Users;

/// <summary>Passwords that the operator gives: as the rules for users' own have it, or made here.</summary>
internal sealed class NewPassword(IOptions<AccountOptions> accounts, IOptions<ScramOptions> scram)
{
    // No letters that look like others: it is read out or copied by hand. 20 of 54 are 115 bits.
    private const string Letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
    private const int Length = 20;

    /// <param name="given">Null: one is made, and given back.</param>
    public async Task<Outcome<(Credentials Credentials, string? Made)>> DeriveAsync(string? given, CancellationToken cancellationToken)
    {
        var made = given is null ? RandomNumberGenerator.GetString(Letters, Length) : null;
        if (!Precis.TryOpaque(given ?? made!, out var opaque, out var error))
            return Fault.BadRequest("password", $"The password is not allowed: {error}.");
        if (Encoding.UTF8.GetByteCount(opaque) > CredentialReader.MaxPasswordBytes)
            return Fault.BadRequest("password", $"The password is longer than {CredentialReader.MaxPasswordBytes} bytes.");
        if (CharacterCount.Of(opaque) < accounts.Value.MinPasswordLength)
            return Fault.BadRequest("password", $"A password has at least {accounts.Value.MinPasswordLength} characters.");
        return (await Task.Run(() => Scram.Derive(opaque, scram.Value.Iterations), cancellationToken), made);
    }
}
