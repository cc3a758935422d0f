using System.Diagnostics.CodeAnalysis;
using Krewe.Core.Errors;
using Krewe.Core.Presence;

namespace Krewe.Protocols.Json;

/// <summary>Reads what a device says of itself, from a body of <c>PUT /v1/presence</c> or a <c>presence</c> frame.</summary>
public static class PresenceReader
{
    public static readonly WordMember<Show> Show = new(
        "show", "How available this device is.",
        ("available", Core.Presence.Show.Available), ("away", Core.Presence.Show.Away), ("dnd", Core.Presence.Show.Dnd),
        ("xa", Core.Presence.Show.Xa), ("offline", Core.Presence.Show.Offline)) { Required = true };

    public static readonly TextMember Status = new("status", "In words.") { MaxCharacters = 1024, Prose = true };

    public static IReadOnlyList<JsonMember> Members { get; } = [Show, Status];

    public static bool TryRead(in JsonObject json, [NotNullWhen(true)] out PresenceState? presence, [NotNullWhen(false)] out Fault? fault)
    {
        presence = null;
        if (!json.TryGet(Show, out var show, out fault) || !json.TryGet(Status, out var status, out fault)) return false;
        presence = new PresenceState { Show = show!.Value, Status = status };
        return true;
    }
}
