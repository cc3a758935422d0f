using System.Buffers;
using System.Collections.Immutable;

namespace Krewe.Protocols.Json;

/// <summary>A whole list as the native API writes it: <c>{"items":[…]}</c>.</summary>
public static class ListJson
{
    public static void Write<T>(ImmutableArray<T> items, Action<T, IBufferWriter<byte>> write, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(write);
        output.Write("{\"items\":["u8);
        for (var i = 0; i < items.Length; i++)
        {
            if (i > 0) output.Write(","u8);
            write(items[i], output);
        }
        output.Write("]}"u8);
    }
}
