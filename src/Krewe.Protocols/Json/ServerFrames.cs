using System.Buffers;
using Krewe.Core.Addresses;
using Krewe.Core.Connections;
using Krewe.Core.Contacts;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Core.Presence;

namespace Krewe.Protocols.Json;

/// <summary>What the server says on a WebSocket: one JSON object a frame.</summary>
public static class ServerFrames
{
    /// <summary>An item's frame is these bytes, the item's own JSON, and <see cref="ItemEnd"/>: so an item is encoded once for all its readers.</summary>
    public static ReadOnlySpan<byte> ItemStart => "{\"type\":\"item\",\"item\":"u8;

    public static ReadOnlySpan<byte> ItemEnd => "}"u8;

    public static void WriteHello(Jid address, string device, long last, IBufferWriter<byte> output)
    {
        var json = new JsonText(output);
        json.Member("{\"type\":\"hello\",\"address\":"u8, address.Text);
        json.Member(",\"device\":"u8, device);
        json.Raw(",\"last\":"u8);
        json.Number(last);
        json.Raw("}"u8);
    }

    public static void WriteSent(string? reference, Sent sent, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(sent);
        var json = new JsonText(output);
        json.Raw("{\"type\":\"sent\""u8);
        json.Member(",\"ref\":"u8, reference);
        json.Member(",\"id\":"u8, sent.Id);
        json.Raw(",\"seq\":"u8);
        json.Number(sent.Seq);
        json.Raw(",\"sentAt\":"u8);
        json.Time(sent.SentAt);
        json.Raw("}"u8);
    }

    /// <summary>The members that a problem document has over HTTP come along where they are known.</summary>
    public static void WriteError(string? reference, Fault fault, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(fault);
        var json = new JsonText(output);
        json.Raw("{\"type\":\"error\""u8);
        json.Member(",\"ref\":"u8, reference);
        json.Member(",\"code\":"u8, fault.Code.Name());
        json.Member(",\"message\":"u8, fault.Message);
        json.Member(",\"member\":"u8, fault.Member);
        if (fault.Last is { } last)
        {
            json.Raw(",\"last\":"u8);
            json.Number(last);
        }
        WriteRetryAfter(fault.RetryAfter, json);
        json.Raw("}"u8);
    }

    public static void WritePong(string? reference, IBufferWriter<byte> output)
    {
        var json = new JsonText(output);
        json.Raw("{\"type\":\"pong\""u8);
        json.Member(",\"ref\":"u8, reference);
        json.Raw("}"u8);
    }

    /// <summary>The user as a whole: native clients do not see a contact's single devices.</summary>
    public static void WritePresence(Jid from, PresenceState overall, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(overall);
        var json = new JsonText(output);
        json.Member("{\"type\":\"presence\",\"from\":"u8, from.Text);
        json.Raw(","u8);
        ContactJson.WritePresence(overall, json);
        json.Raw("}"u8);
    }

    public static void WriteTyping(Jid from, string state, IBufferWriter<byte> output)
    {
        var json = new JsonText(output);
        json.Member("{\"type\":\"typing\",\"from\":"u8, from.Text);
        json.Member(",\"state\":"u8, state);
        json.Raw("}"u8);
    }

    public static void WriteContact(Contact contact, IBufferWriter<byte> output)
    {
        new JsonText(output).Raw("{\"type\":\"contact\",\"contact\":"u8);
        ContactJson.Write(contact, output);
        new JsonText(output).Raw("}"u8);
    }

    /// <param name="retryAfter">When to come back; null where coming back with this token is no use.</param>
    public static void WriteClosing(CloseReason reason, TimeSpan? retryAfter, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(reason);
        var json = new JsonText(output);
        json.Member("{\"type\":\"closing\",\"reason\":"u8, reason.Code);
        WriteRetryAfter(retryAfter, json);
        json.Raw("}"u8);
    }

    /// <summary>Seconds, exact to a millisecond, so that clients that come back are really spread.</summary>
    private static void WriteRetryAfter(TimeSpan? retryAfter, JsonText json)
    {
        if (retryAfter is not { } time) return;
        json.Raw(",\"retryAfter\":"u8);
        json.RawText(time.TotalSeconds.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture));
    }
}
