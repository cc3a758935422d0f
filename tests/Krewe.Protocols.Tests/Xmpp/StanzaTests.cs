using System.Buffers;
using System.Text;
using Krewe.Protocols.Xmpp;
using Krewe.Protocols.Xmpp.Stanzas;
using Krewe.Protocols.Xmpp.Streams;
using Krewe.Protocols.Xmpp.Xml;
using static Krewe.Protocols.Tests.Xmpp.Xml.XmlReading;

namespace Krewe.Protocols.Tests.Xmpp;

public sealed class StanzaTests
{
    [Theory]
    [InlineData("<message/>", StanzaKind.Message, StanzaType.Normal)]
    [InlineData("<message type='chat'/>", StanzaKind.Message, StanzaType.Chat)]
    [InlineData("<message type='whatever'/>", StanzaKind.Message, StanzaType.Normal)]
    [InlineData("<presence/>", StanzaKind.Presence, StanzaType.Available)]
    [InlineData("<presence type='probe'/>", StanzaKind.Presence, StanzaType.Probe)]
    [InlineData("<iq type='set' id='1'/>", StanzaKind.Iq, StanzaType.Set)]
    [InlineData("<iq type='error' id='1'/>", StanzaKind.Iq, StanzaType.Error)]
    public void A_stanza_has_a_kind_and_a_type(string xml, StanzaKind kind, StanzaType type)
    {
        Assert.True(Stanza.TryRead(Element(xml), out var stanza, out var error), error?.Text);
        Assert.Equal((kind, type), (stanza.Kind, stanza.Type));
    }

    [Theory]
    [InlineData("<iq type='get'/>", "bad-request")]
    [InlineData("<iq id='1'/>", "bad-request")]
    [InlineData("<iq id='1' type='chat'/>", "bad-request")]
    [InlineData("<presence type='away'/>", "bad-request")]
    [InlineData("<message to='@'/>", "jid-malformed")]
    [InlineData("<message to=''/>", "jid-malformed")]
    [InlineData("<message from='a@b@c/'/>", "jid-malformed")]
    public void What_is_wrong_with_a_stanza_is_told(string xml, string condition)
    {
        Assert.False(Stanza.TryRead(Element(xml), out _, out var error));
        Assert.Equal(condition, error?.Condition.Name);
    }

    [Theory]
    [InlineData("<message xmlns='jabber:server'/>")]
    [InlineData("<msg xmlns='jabber:client'/>")]
    [InlineData("<iq xmlns=''/>")]
    public void What_is_no_stanza_has_no_error_of_one(string xml)
    {
        Assert.False(Stanza.TryRead(Document(xml), out _, out var error));
        Assert.Null(error);
    }

    [Fact]
    public void An_address_with_a_resource_is_read_in_canonical_form()
    {
        Assert.True(Stanza.TryRead(Element("<message to='Juliet@LOCALHOST/Balcony &amp; more'/>"), out var stanza, out _));
        Assert.Equal("juliet@localhost/Balcony & more", stanza.To?.Text);
    }

    [Fact]
    public void Every_stanza_error_has_its_condition_and_type()
    {
        // RFC 6120, section 8.3.3, has 22 conditions.
        Assert.Equal(22, StanzaCondition.All.Count);
        Assert.Equal(
            "<error xmlns='jabber:client' type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
                + "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>a &lt; b</text></error>",
            Write(new StanzaError(StanzaCondition.ResourceConstraint, "a < b").Write));
        Assert.StartsWith("<error xmlns='jabber:client' type='auth'>", Write(new StanzaError(StanzaCondition.Forbidden).Write), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_stream_error_has_its_condition()
    {
        // RFC 6120, section 4.9.3, has 25 conditions.
        Assert.Equal(25, StreamCondition.All.Count);
        Assert.Equal(
            "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>b:5222</see-other-host></stream:error>",
            Write(new StreamError(StreamCondition.SeeOtherHost, Content: "b:5222").Write));
        foreach (var kind in Enum.GetValues<XmlFaultKind>().Where(kind => kind != XmlFaultKind.None))
            Assert.NotEqual(StreamCondition.UndefinedCondition, StreamCondition.Of(kind));
    }

    [Theory]
    [InlineData("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>", null)]
    [InlineData("<s:stream xmlns:s='http://etherx.jabber.org/streams' to='LocalHost' version='1.0'>", null)]
    [InlineData("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='other' version='1.0'>", "host-unknown")]
    [InlineData("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>", "host-unknown")]
    [InlineData("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost'>", "unsupported-version")]
    [InlineData("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='0.9'>", "unsupported-version")]
    [InlineData("<stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>", "invalid-namespace")]
    [InlineData("<stream:stream xmlns='jabber:client' xmlns:stream='urn:x' to='localhost' version='1.0'>", "invalid-namespace")]
    [InlineData("<stream:flood xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>", "bad-format")]
    public void A_header_is_checked(string header, string? condition)
    {
        var reader = new XmlStreamReader(XmlLimits.BeforeLogin);
        Assert.Equal(XmlReadStatus.StreamStart, reader.Read(Utf8(header), out _));
        StreamHeader.TryRead(reader.Element, XmlFraming.Stream, "localhost", out _, out var error);
        Assert.Equal(condition, error?.Condition.Name);
    }

    [Fact]
    public void The_server_s_header_opens_a_stream_that_can_be_read()
    {
        var header = Write(xml => StreamHeader.Write(xml, XmlFraming.Stream, "localhost", "i'd"));
        Assert.Equal(
            ["start {http://etherx.jabber.org/streams}stream {http://www.w3.org/XML/1998/namespace}lang=en {}from=localhost {}id=i'd {}version=1.0[]", "stanza {jabber:client}a[]"],
            Read(header + "<a/>"));
        var open = Write(xml => StreamHeader.Write(xml, XmlFraming.Documents, "localhost", "id"));
        Assert.Equal("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='localhost' id='id' version='1.0' xml:lang='en'/>", open);
    }

    [Fact]
    public void What_a_message_has_beside_its_native_fields_is_kept()
    {
        var message = Element("<message id='x' xml:lang='de'><body>b</body><a xmlns='urn:krewe:stored:0' id='forged'/><x xmlns='urn:e'>1</x></message>");
        var stored = new StoredMessage("x", "normal", "de").Encode(message, child => !child.Is(XmppNames.Body));
        var (attributes, payload) = StoredMessage.Decode(stored);
        Assert.Equal(new StoredMessage("x", "normal", "de"), attributes);
        Assert.Equal("<x xmlns='urn:e'>1</x>", Encoding.UTF8.GetString(payload.Utf8));
        Assert.Empty(new StoredMessage(null, null, null).Encode(Element("<message><body/></message>"), child => !child.Is(XmppNames.Body)));
    }

    private static XmlElement Element(string xml) => Document(xml.Insert(xml.IndexOfAny([' ', '/', '>'], 1), " xmlns='jabber:client'"));

    private static string Write(Action<XmlWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(new XmlWriter().Begin(output, XmlNamespace.None));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
