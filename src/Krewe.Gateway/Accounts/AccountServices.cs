using Krewe.Core.Accounts;
using Krewe.Gateway.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Krewe.Gateway.Accounts;

/// <summary>What the gateway needs to know its callers.</summary>
internal static class AccountServices
{
    public static IServiceCollection AddAccounts(this IServiceCollection services) => services
        .AddSingleton(provider => new Lazy<IClusterSecret>(provider.GetRequiredService<IClusterSecret>))
        .AddSingleton<TokenService>()
        .AddSingleton<OidcTokens>()
        .AddSingleton<IValidateOptions<AccountOptions>, AccountOptionsValidator>()
        .AddSingleton<TokenCache>()
        .AddSingleton<Authenticator>()
        .AddSingleton<PasswordWork>()
        .AddSingleton<LoginThrottles>()
        .AddSingleton<IApiEndpoints, AccountEndpoints>()
        .AddSingleton<IApiEndpoints, TokenEndpoints>();
}
