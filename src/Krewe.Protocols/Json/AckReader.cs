using System.Diagnostics.CodeAnalysis;
using Krewe.Core.Errors;

namespace Krewe.Protocols.Json;

/// <summary>What a device says that it has dealt with.</summary>
public readonly record struct Ack(long Seq, bool Read);

/// <summary>Reads an acknowledgement, from a body of <c>POST /v1/mailbox/ack</c> or an <c>ack</c> frame.</summary>
public static class AckReader
{
    public static readonly NumberMember Seq = new("seq", "This device has dealt with everything up to here.", 0) { Required = true };

    public static readonly FlagMember Read = new("read", "The user has read it, too; else it is delivered only.");

    public static IReadOnlyList<JsonMember> Members { get; } = [Seq, Read];

    public static bool TryRead(in JsonObject json, out Ack ack, [NotNullWhen(false)] out Fault? fault)
    {
        ack = default;
        if (!json.TryGet(Seq, out var seq, out fault) || !json.TryGet(Read, out var read, out fault)) return false;
        ack = new(seq!.Value, read ?? false);
        return true;
    }
}
