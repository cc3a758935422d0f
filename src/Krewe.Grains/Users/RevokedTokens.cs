using Krewe.Core.Accounts;

namespace Krewe.Grains.Users;

/// <summary>The tokens of an account that were signed out and have not expired.</summary>
internal static class RevokedTokens
{
    // A client that signs in and out all day must not make the account's state grow without end.
    public const int Max = 1_000;

    private const int MaxDevices = 200;

    public static bool IsRevoked(this AccountState state, TokenInfo token) =>
        token.ExpiresAt <= state.RevokedUntil || (state.RevokedTokens.Count > 0 && state.RevokedTokens.ContainsKey(token.TokenId)) || state.IsSignedOut(token);

    /// <summary>The device of the token was signed out as a whole since it was issued.</summary>
    public static bool IsSignedOut(this AccountState state, TokenInfo token)
    {
        if (state.SignedOutAt is null && state.SignedOutDevices.Count == 0) return false;
        var issuedAt = token.IssuedAt ?? DateTimeOffset.MinValue;
        return issuedAt <= state.SignedOutAt || (state.SignedOutDevices.TryGetValue(token.Device, out var at) && issuedAt <= at);
    }

    /// <summary>Signs out a device, or all of them, with every token issued up to now.</summary>
    public static void SignOut(this AccountState state, string? device, DateTimeOffset now)
    {
        // Tokens count in whole seconds.
        var second = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
        if (device is null)
        {
            state.SignedOutAt = second;
            state.SignedOutDevices.Clear();
            return;
        }
        state.SignedOutDevices[device] = second;
        if (state.SignedOutDevices.Count <= MaxDevices) return;
        // Over the bound the oldest word is said of all devices: rather too many are signed out than one too few.
        var oldest = state.SignedOutDevices.MinBy(pair => pair.Value);
        state.SignedOutDevices.Remove(oldest.Key);
        if (state.SignedOutAt is null || oldest.Value > state.SignedOutAt) state.SignedOutAt = oldest.Value;
    }

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
