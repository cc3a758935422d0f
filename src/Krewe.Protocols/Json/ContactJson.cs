using System.Buffers;
using Krewe.Core.Contacts;
using Krewe.Core.Presence;

namespace Krewe.Protocols.Json;

/// <summary>Contacts and presence as the native API writes them.</summary>
public static class ContactJson
{
    public static void Write(Contact contact, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(contact);
        var json = new JsonText(output);
        json.Member("{\"address\":"u8, contact.Address.Text);
        json.Member(",\"name\":"u8, contact.Name);
        if (!contact.Groups.IsDefaultOrEmpty) WriteGroups(contact, json);
        json.Raw(",\"subscription\":\""u8);
        json.Raw(SubscriptionName(contact.Subscription));
        json.Raw("\""u8);
        // Somebody who waits for the user's answer comes before the user's own waiting.
        if (contact.PendingIn) json.Raw(",\"pending\":\"in\""u8);
        else if (contact.PendingOut) json.Raw(",\"pending\":\"out\""u8);
        if (contact.Presence is { } presence)
        {
            json.Raw(",\"presence\":{"u8);
            WritePresence(presence, json);
            json.Raw("}"u8);
        }
        json.Raw("}"u8);
    }

    /// <summary>How available somebody is, as native clients see it.</summary>
    public static ReadOnlySpan<byte> ShowName(Show show) => show switch
    {
        Show.Available or Show.Chat => "available"u8,
        Show.Away => "away"u8,
        Show.Dnd => "dnd"u8,
        Show.Xa => "xa"u8,
        _ => "offline"u8,
    };

    internal static ReadOnlySpan<byte> SubscriptionName(Subscription subscription) => subscription switch
    {
        Subscription.To => "to"u8,
        Subscription.From => "from"u8,
        Subscription.Both => "both"u8,
        Subscription.Remove => "remove"u8,
        _ => "none"u8,
    };

    /// <summary>The members <c>show</c> and <c>status</c>, without braces.</summary>
    internal static void WritePresence(PresenceState presence, JsonText json)
    {
        json.Raw("\"show\":\""u8);
        json.Raw(ShowName(presence.Show));
        json.Raw("\""u8);
        json.Member(",\"status\":"u8, presence.Status);
    }

    private static void WriteGroups(Contact contact, JsonText json)
    {
        var before = ",\"groups\":["u8;
        foreach (var group in contact.Groups)
        {
            json.Member(before, group);
            before = ","u8;
        }
        json.Raw("]"u8);
    }
}
