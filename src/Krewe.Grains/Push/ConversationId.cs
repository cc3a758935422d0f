using System.Security.Cryptography;
using System.Text;
using Krewe.Core.Addresses;

namespace Krewe.Grains.Push;

/// <summary>What a device groups notifications by.</summary>
internal static class ConversationId
{
    /// <summary>The same for the same two for ever, and nothing that a push service could learn an address from: 16 bytes of HMAC-SHA256 in hexadecimal.</summary>
    public static string Of(ReadOnlySpan<byte> key, Jid owner, Jid peer)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        // No address has a line break; the label keeps the key's other uses apart.
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"krewe push conversation\n{owner.Text}\n{peer.Text}"), mac);
        return Convert.ToHexStringLower(mac[..16]);
    }
}
