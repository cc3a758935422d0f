using Krewe.Core.Accounts;

namespace Krewe.Grains.Users;

/// <summary>The tokens of an account that were signed out and have not expired.</summary>
internal static class RevokedTokens
{
    // A client that signs in and out all day must not make the account's state grow without end.
    public const int Max = 1_000;

    public static bool IsRevoked(this AccountState state, TokenInfo token) =>
        token.ExpiresAt <= state.RevokedUntil || (state.RevokedTokens.Count > 0 && state.RevokedTokens.ContainsKey(token.TokenId));

    public static void Revoke(this AccountState state, TokenInfo token, DateTimeOffset now)
    {
        foreach (var (id, expiresAt) in state.RevokedTokens)
        {
            if (expiresAt <= now) state.RevokedTokens.Remove(id);
        }
        if (token.ExpiresAt <= now) return;
        state.RevokedTokens[token.TokenId] = token.ExpiresAt;
        if (state.RevokedTokens.Count <= Max) return;
        // Over the bound the half that expires first is forgotten, and with it every token that expires as early.
        foreach (var (id, expiresAt) in state.RevokedTokens.OrderBy(pair => pair.Value).Take(Max / 2).ToList())
        {
            state.RevokedTokens.Remove(id);
            state.RevokedUntil = expiresAt;
        }
    }
}
