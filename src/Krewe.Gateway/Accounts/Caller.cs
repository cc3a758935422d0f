using Krewe.Core.Accounts;
using Krewe.Core.Addresses;

namespace Krewe.Gateway.Accounts;

/// <summary>Who sends a request: a user, by one of their devices, with a good token.</summary>
internal sealed record Caller(Jid Address, TokenInfo Token)
{
    public string Device => Token.Device;
}
