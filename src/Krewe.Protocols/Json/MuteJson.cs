using System.Buffers;
using Krewe.Core.Contacts;

namespace Krewe.Protocols.Json;

/// <summary>A muted person as the native API writes it.</summary>
public static class MuteJson
{
    public static void Write(Mute mute, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(mute);
        var json = new JsonText(output);
        json.Member("{\"address\":"u8, mute.Address.Text);
        if (mute.Until is { } until)
        {
            json.Raw(",\"until\":"u8);
            json.Time(until);
        }
        json.Raw("}"u8);
    }
}
