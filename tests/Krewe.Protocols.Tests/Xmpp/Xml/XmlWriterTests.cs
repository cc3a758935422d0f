using System.Buffers;
using System.Text;
using Krewe.Protocols.Xmpp.Xml;
using static Krewe.Protocols.Tests.Xmpp.Xml.XmlReading;

namespace Krewe.Protocols.Tests.Xmpp.Xml;

public sealed class XmlWriterTests
{
    private static readonly XmlNamespace Streams = new("http://etherx.jabber.org/streams");
    private static readonly XmlNamespace Forward = new("urn:xmpp:forward:0");
    private static readonly XmlName Message = new(Client, "message");
    private static readonly XmlName Forwarded = new(Forward, "forwarded");
    private static readonly XmlName Features = new(Streams, "features", "stream");

    [Fact]
    public void Namespaces_are_declared_where_they_change() => Assert.Equal(
        "<message to='a'><body>x</body><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'><body/></message></forwarded></message>",
        Write(Client, writer => writer.Start(Message).Attribute("to"u8, "a".AsSpan()).Leaf(Body, "x")
            .Start(Forwarded).Start(Message).Empty(Body).End().End().End()));

    [Fact]
    public void A_document_of_its_own_declares_what_a_stream_has_declared()
    {
        Assert.Equal("<stream:features><body/></stream:features>", Write(Client, writer => writer.Start(Features).Empty(Body).End(), "stream"));
        Assert.Equal(
            "<stream:features xmlns:stream='http://etherx.jabber.org/streams'><body xmlns='jabber:client'/></stream:features>",
            Write(XmlNamespace.None, writer => writer.Start(Features).Empty(Body).End()));
    }

    [Fact]
    public void Every_text_comes_back_as_it_was()
    {
        const string text = "<&>'\"\r\n\t]]> é😀 \uFEFF\u0085 &amp;";
        var written = Write(XmlNamespace.None, writer => writer.Start(Message).Attribute("a"u8, text.AsSpan()).Text(text).End());
        var read = Document(written);
        Assert.Equal(text, read.Text);
        Assert.Equal(text, read.Attribute("a"u8));
        Assert.Equal("\uFFFDx\uFFFD\uFFFD", Document(Write(XmlNamespace.None, writer => writer.Start(Message).Text("\u0001x\uD800\uFFFF").End())).Text);
        Assert.Equal("<'é", Document(Write(XmlNamespace.None, writer => writer.Start(Message).Attribute("a"u8, Utf8("<'é")).End())).Attribute("a"u8));
    }

    [Fact]
    public void What_needs_no_declaration_is_sent_on_byte_for_byte()
    {
        const string children = "<body  >a&#x41;<![CDATA[b]]></body ><x:y xmlns:x = \"u\" x:z='1'><z   xmlns=''/></x:y><a xmlns='v' xml:lang='e'>\r\n</a>";
        var message = Document($"<message xmlns='jabber:client'>{children}</message>");
        Assert.Equal($"<message>{children}</message>", Write(Client, writer => Copy(message, writer.Start(Message)).End()));
    }

    [Fact]
    public void A_prefix_from_outside_is_written_where_it_is_used()
    {
        var message = Document("<c:message xmlns:c='jabber:client' xmlns:p='urn:p' xmlns='urn:d'><c:body>x</c:body><p:y p:z='1' q='2'>t<c:n/><k/></p:y><k/></c:message>");
        Assert.Equal(
            "<message><body>x</body><y xmlns='urn:p' xmlns:p='urn:p' p:z='1' q='2'>t<n xmlns='jabber:client'/><k xmlns='urn:d'/></y><k xmlns='urn:d'/></message>",
            Write(Client, writer => Copy(message, writer.Start(Message)).End()));
    }

    [Fact]
    public void A_whole_stanza_within_another_says_whose_it_is()
    {
        var message = Document("<message xmlns='jabber:client' to='a'><body>x</body></message>");
        Assert.Equal(
            "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' to='a'><body>x</body></message></forwarded>",
            Write(Client, writer => writer.Start(Forwarded).Copy(message).End()));
    }

    [Fact]
    public void A_payload_goes_from_one_content_namespace_to_the_other()
    {
        var payload = new ArrayBufferWriter<byte>();
        XmlPayload.Capture(Document("<message xmlns='jabber:server'><body>x</body><drop/></message>"), child => !child.LocalName.SequenceEqual("drop"u8), payload);
        Assert.Equal(
            "<message xmlns='jabber:client'><body>x</body></message>",
            Write(XmlNamespace.None, writer => writer.Start(Message).Copy(XmlPayload.FromStore(payload.WrittenMemory)).End()));
    }

    private static XmlWriter Copy(XmlElement stanza, XmlWriter writer)
    {
        foreach (var child in stanza.Children) writer.Copy(child);
        return writer;
    }

    private static string Write(XmlNamespace around, Action<XmlWriter> write, string? prefix = null)
    {
        var output = new ArrayBufferWriter<byte>();
        write(new XmlWriter().Begin(output, around, prefix));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
