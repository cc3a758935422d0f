using Krewe.Core.Limits;
using Microsoft.Extensions.Options;

namespace Krewe.Gateway.Accounts;

/// <summary>What one network address may do before login. The bound for one account is kept by its grain.</summary>
internal sealed class LoginThrottles(IOptions<LimitOptions> limits, TimeProvider time)
{
    /// <summary>Failed logins. Many people may share an address: it is forgiven ten times as fast as an account.</summary>
    public AddressThrottle Failures { get; } = new(limits.Value.LoginFailuresPerAddress, limits.Value.LoginFailureForgiveness / 10, time);

    public AddressThrottle Registrations { get; } = new(
        limits.Value.RegistrationsPerAddress, TimeSpan.FromHours(1) / limits.Value.RegistrationsPerAddress, time);
}
