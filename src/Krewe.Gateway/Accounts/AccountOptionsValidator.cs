using Microsoft.Extensions.Options;

namespace Krewe.Gateway.Accounts;

/// <summary>The rules of <see cref="AccountOptions"/> and of what is in it, for hosts that do not check their configuration before.</summary>
[OptionsValidator]
internal sealed partial class AccountOptionsValidator : IValidateOptions<AccountOptions>;
