using System.Text;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Protocols.Json;

namespace Krewe.Protocols.Tests.Json;

/// <summary>What the tests of the readers share.</summary>
internal static class Reading
{
    public const int Depth = 64;

    public static Fault? FaultOf(ReadOnlySpan<byte> json, int depth = Depth)
    {
        JsonObject.TryRead(json, depth, out _, out var fault);
        return fault;
    }

    public static Fault? FaultOf(string json, int depth = Depth) => FaultOf(Encoding.UTF8.GetBytes(json), depth);

    public static (Draft? Draft, Fault? Fault) Message(string json)
    {
        if (!JsonObject.TryRead(Encoding.UTF8.GetBytes(json), Depth, out var read, out var fault)) return (null, fault);
        MessageReader.TryRead(read, "localhost", out var draft, out fault);
        return (draft, fault);
    }
}
