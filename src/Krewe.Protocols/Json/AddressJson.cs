using System.Buffers;
using Krewe.Core.Addresses;

namespace Krewe.Protocols.Json;

/// <summary>An address as the native API writes it.</summary>
public static class AddressJson
{
    public static void Write(Jid address, IBufferWriter<byte> output) => new JsonText(output).String(address.Text);

    /// <summary>The answer to a new account.</summary>
    public static void WriteAccount(Jid address, IBufferWriter<byte> output)
    {
        var json = new JsonText(output);
        json.Member("{\"address\":"u8, address.Text);
        json.Raw("}"u8);
    }
}
