using System.Diagnostics.CodeAnalysis;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;

namespace Krewe.Protocols.Json;

/// <summary>Reads a message that a client wants to send, from a body of <c>POST /v1/messages</c> or a <c>send</c> frame.</summary>
public static class MessageReader
{
    /// <summary>Characters of a message's id, at most.</summary>
    public const int MaxIdCharacters = 128;

    public static readonly TextMember To = new("to", "The recipient's address; a name without @ means the local domain.") { Required = true, Format = "jid" };

    public static readonly TextMember Body = new("body", "The message's text.") { Prose = true };

    public static readonly DataMember Data = new("data", "Any JSON value, carried along; numbers keep their exact text.");

    public static readonly TextMember Thread = new("thread", "What conversation it belongs to.") { MinCharacters = 1, MaxCharacters = 255 };

    public static readonly TextMember Id = new("id", "The idempotency key: the same id again gets the first answer and stores nothing. Left out, the server makes one.")
    {
        MinCharacters = 1,
        MaxCharacters = MaxIdCharacters,
    };

    public static readonly TextMember Replaces = new("replaces", "The id of an earlier message of one's own that this one corrects.")
    {
        MinCharacters = 1,
        MaxCharacters = MaxIdCharacters,
    };

    public static readonly FlagMember Urgent = new("urgent", "It may break quiet hours.");

    public static readonly FlagMember Silent = new("silent", "No sound and no banner.");

    public static readonly ObjectMember Push = new("push", "How the recipient's sleeping devices hear of it; not shown to readers.", Urgent, Silent);

    /// <summary>All of them, in the order in which they are published.</summary>
    public static IReadOnlyList<JsonMember> Members { get; } = [To, Body, Data, Thread, Id, Replaces, Push];

    /// <param name="localDomain">The domain of a recipient that is given by name alone.</param>
    public static bool TryRead(in JsonObject json, string localDomain, [NotNullWhen(true)] out Draft? draft, [NotNullWhen(false)] out Fault? fault)
    {
        draft = null;
        if (!json.TryGet(To, out var to, out fault) || !json.TryGet(Body, out var body, out fault) || !json.TryGet(Data, out var data, out fault)
            || !json.TryGet(Thread, out var thread, out fault) || !json.TryGet(Id, out var id, out fault) || !json.TryGet(Replaces, out var replaces, out fault)
            || !TryReadHints(json, out var hints, out fault)) return false;
        if (!Jid.TryParseUser(to, localDomain, out var address, out var error)) fault = Fault.BadRequest(To.Name, error);
        else if (body is null && data is null) fault = Fault.BadRequest(Body.Name, "A message has a body, data, or both.");
        else draft = new Draft { To = address, Id = id, Body = body, Thread = thread, Data = data, Replaces = replaces, Hints = hints };
        return fault is null;
    }

    private static bool TryReadHints(in JsonObject json, out PushHints hints, [NotNullWhen(false)] out Fault? fault)
    {
        hints = PushHints.None;
        if (!json.TryGet(Push, out var given, out var push, out fault)) return false;
        if (!given) return true;
        if (!push.TryGet(Urgent, out var urgent, out fault) || !push.TryGet(Silent, out var silent, out fault))
        {
            fault = fault with { Member = Push.Name };
            return false;
        }
        hints = (urgent == true ? PushHints.Urgent : PushHints.None) | (silent == true ? PushHints.Silent : PushHints.None);
        return true;
    }
}
