using System.Buffers;
using Krewe.Core.Addresses;

namespace Krewe.Protocols.Json;

/// <summary>The answer to a login, as the native API writes it.</summary>
public static class TokenJson
{
    public static void Write(string token, DateTimeOffset expiresAt, Jid address, string device, IBufferWriter<byte> output)
    {
        var json = new JsonText(output);
        json.Member("{\"token\":"u8, token);
        json.Raw(",\"expiresAt\":"u8);
        json.Time(expiresAt);
        json.Member(",\"address\":"u8, address.Text);
        json.Member(",\"device\":"u8, device);
        json.Raw("}"u8);
    }
}
