// RFC 6121, section 4.7: the syntax of presence.
using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using Krewe.Core.Contacts;
using Krewe.Core.Presence;
using Krewe.Protocols.Xmpp;
using Krewe.Protocols.Xmpp.Stanzas;
using Krewe.Protocols.Xmpp.Xml;

namespace Krewe.Gateway.Xmpp.Stanzas;

/// <summary>Reads what a client says of its presence.</summary>
internal static class PresenceInput
{
    // Sent to every contact at every change, and kept in memory for each.
    private const int MaxExtensionBytes = 4_096;

    /// <summary>The four types that manage subscriptions.</summary>
    public static SubscriptionStanza? SubscriptionOf(StanzaType type) => type switch
    {
        StanzaType.Subscribe => SubscriptionStanza.Subscribe,
        StanzaType.Subscribed => SubscriptionStanza.Subscribed,
        StanzaType.Unsubscribe => SubscriptionStanza.Unsubscribe,
        StanzaType.Unsubscribed => SubscriptionStanza.Unsubscribed,
        _ => null,
    };

    public static bool TryRead(Stanza presence, out PresenceState state, out StanzaError? error)
    {
        (state, error) = (PresenceState.Offline, null);
        var element = presence.Element;
        var status = element.Find(XmppNames.Status);
        var text = status.Exists && status.Text is { Length: > 0 } said ? said : null;
        if (presence.Type == StanzaType.Unavailable)
        {
            state = state with { Status = text };
            return true;
        }
        var show = element.Find(XmppNames.Show);
        var kind = show.Exists ? ShowOf(show.Text) : Show.Available;
        sbyte priority = 0;
        var number = element.Find(XmppNames.Priority);
        var sound = !number.Exists || sbyte.TryParse(number.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out priority);
        if (kind is null || !sound)
        {
            error = new(StanzaCondition.BadRequest, "A presence has one of four shows and a priority from -128 to 127.");
            return false;
        }
        var extensions = new ArrayBufferWriter<byte>();
        XmlPayload.Capture(element, child => !child.Is(XmppNames.Show) && child.Index != status.Index && !child.Is(XmppNames.Priority) && !child.Is(XmppNames.Delay), extensions);
        if (extensions.WrittenCount > MaxExtensionBytes)
        {
            error = new(StanzaCondition.PolicyViolation, $"What a presence has beside show, status and priority is at most {MaxExtensionBytes} bytes.");
            return false;
        }
        state = new PresenceState { Show = kind.Value, Status = text, Priority = priority, Extensions = ImmutableArray.Create(extensions.WrittenSpan) };
        return true;
    }

    private static Show? ShowOf(string text) => text switch
    {
        "" => Show.Available,
        "away" => Show.Away,
        "xa" => Show.Xa,
        "dnd" => Show.Dnd,
        "chat" => Show.Chat,
        _ => null,
    };
}
