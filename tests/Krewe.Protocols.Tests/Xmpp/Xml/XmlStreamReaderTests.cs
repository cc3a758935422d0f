using System.Buffers;
using System.Text;
using Krewe.Protocols.Xmpp.Xml;
using static Krewe.Protocols.Tests.Xmpp.Xml.XmlReading;

namespace Krewe.Protocols.Tests.Xmpp.Xml;

public sealed class XmlStreamReaderTests
{
    private const string Session = "<?xml version='1.0' encoding='UTF-8'?>\n" + Header + """

        <auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism='PLAIN'>AGEAYg==</auth>
        <message to='juliet@localhost/bal&amp;cony' xml:lang='en'><body>1 &lt; 2 &#x1F600;é</body><x:y xmlns:x='urn:x' x:a='1' a="2"><![CDATA[<&>]]> tail</x:y></message>
        <presence/><stream:error><text xmlns=''>t</text></stream:error></stream:stream>
        """;

    private static readonly string[] SessionLines =
    [
        "start {http://etherx.jabber.org/streams}stream {}to=localhost {}version=1.0[]",
        "stanza {urn:ietf:params:xml:ns:xmpp-sasl}auth {}mechanism=PLAIN[AGEAYg==]",
        "stanza {jabber:client}message {http://www.w3.org/XML/1998/namespace}lang=en {}to=juliet@localhost/bal&cony"
            + "[{jabber:client}body[1 < 2 😀é]{urn:x}y {urn:x}a=1 {}a=2[<&> tail]]",
        "stanza {jabber:client}presence[]",
        "stanza {http://etherx.jabber.org/streams}error[{}text[t]]",
        "end",
    ];

    [Fact]
    public void A_session_is_read() => Assert.Equal(SessionLines, Read(Session));

    [Fact]
    public void A_session_is_read_wherever_it_is_split()
    {
        foreach (var size in Enumerable.Range(1, 40)) Assert.Equal(SessionLines, Read(Session, size));
        var bytes = Utf8(Session);
        for (var at = 1; at < bytes.Length; at++)
        {
            var reader = new XmlStreamReader(new XmlLimits());
            List<string> lines = [];
            foreach (var part in new[] { bytes[..at], bytes[at..] })
            {
                var input = new ReadOnlySequence<byte>(part);
                while (reader.Read(ref input) is var status and not XmlReadStatus.NeedMore)
                    lines.Add(status == XmlReadStatus.StreamEnd ? "end" : $"{(status == XmlReadStatus.Stanza ? "stanza" : "start")} {Describe(reader.Element)}");
            }
            Assert.Equal(SessionLines, lines);
        }
    }

    [Fact]
    public void A_truncated_session_gives_what_is_complete()
    {
        var bytes = Utf8(Session);
        for (var length = 0; length < bytes.Length; length++)
        {
            var lines = Read(bytes[..length]);
            Assert.Equal(SessionLines.Take(lines.Count), lines);
        }
    }

    [Theory]
    [InlineData("<!DOCTYPE a><a/>", XmlFaultKind.RestrictedXml)]
    [InlineData("<!-- c --><a/>", XmlFaultKind.RestrictedXml)]
    [InlineData("<a><!-- c --></a>", XmlFaultKind.RestrictedXml)]
    [InlineData("<a><!ENTITY b 'c'></a>", XmlFaultKind.RestrictedXml)]
    [InlineData("<a><?b c?></a>", XmlFaultKind.RestrictedXml)]
    [InlineData("<?b c?>", XmlFaultKind.RestrictedXml)]
    [InlineData("<a>&b;</a>", XmlFaultKind.RestrictedXml)]
    [InlineData("<a b='&nbsp;'/>", XmlFaultKind.RestrictedXml)]
    [InlineData("<a>&;</a>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a>& b</a>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a>&#0;</a>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a>&#xD800;</a>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a>&#x110000;</a>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a>&#99999999999999;</a>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a>&#x 41;</a>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a>&#+65;</a>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a>&#x-1;</a>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a>]]></a>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a>\u0001</a>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a>\uFFFE</a>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a b='\u0000'/>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a b='<'/>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a b=c/>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a b/>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a b='1'c='2'/>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a b='1' b='2'/>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a xmlns='1' xmlns='2'/>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a></b>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a><b></a>", XmlFaultKind.NotWellFormed)]
    [InlineData("</a>", XmlFaultKind.NotWellFormed)]
    [InlineData("< a/>", XmlFaultKind.NotWellFormed)]
    [InlineData("<1/>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a/ >", XmlFaultKind.NotWellFormed)]
    [InlineData("<a:b:c/>", XmlFaultKind.NotWellFormed)]
    [InlineData("<:a/>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a:/>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a xmlns:b=''/>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a xmlns:xml='u'/>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a xmlns:xmlns='u'/>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a xmlns='http://www.w3.org/XML/1998/namespace'/>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a xmlns:b='http://www.w3.org/2000/xmlns/'/>", XmlFaultKind.NotWellFormed)]
    [InlineData("<a><![CDAT[]]></a>", XmlFaultKind.NotWellFormed)]
    [InlineData("<b:a/>", XmlFaultKind.BadNamespacePrefix)]
    [InlineData("<a b:c='d'/>", XmlFaultKind.BadNamespacePrefix)]
    [InlineData("<a><b xmlns:c='u'/><c:d/></a>", XmlFaultKind.BadNamespacePrefix)]
    [InlineData("text", XmlFaultKind.BadFormat)]
    public void What_is_no_stanza_is_refused_by_its_kind(string text, XmlFaultKind kind)
    {
        Assert.Equal($"fault {kind}", Read(text, framing: XmlFraming.Documents).LastOrDefault());
        Assert.Equal($"fault {kind}", Read(text, 1, framing: XmlFraming.Documents).LastOrDefault());
        var inStream = Read(Header + text, 1)[^1];
        if (text != "</a>") Assert.Equal($"fault {kind}", inStream);
    }

    [Theory]
    [InlineData("<?xml version='1.0' encoding='utf-16'?>", XmlFaultKind.UnsupportedEncoding)]
    [InlineData("<?xml version='1.0' encoding='ISO-8859-1'?>", XmlFaultKind.UnsupportedEncoding)]
    [InlineData("<?xml version='1.1'?>", XmlFaultKind.NotWellFormed)]
    [InlineData("<?xml encoding='utf-8'?>", XmlFaultKind.NotWellFormed)]
    [InlineData("<?xml version='1.0'?><?xml version='1.0'?>", XmlFaultKind.RestrictedXml)]
    [InlineData("<?xml version='1.0' ab?>", XmlFaultKind.NotWellFormed)]
    [InlineData("<?xml-stylesheet a?>", XmlFaultKind.RestrictedXml)]
    [InlineData("hello", XmlFaultKind.NotWellFormed)]
    [InlineData("GET / HTTP/1.1", XmlFaultKind.NotWellFormed)]
    [InlineData("\uFEFF<a/>", XmlFaultKind.NotWellFormed)]
    public void A_stream_begins_as_it_should(string text, XmlFaultKind kind)
    {
        Assert.Equal([$"fault {kind}"], Read(text));
        Assert.Equal([$"fault {kind}"], Read(text, 1));
    }

    [Fact]
    public void Bad_UTF_8_is_refused()
    {
        byte[][] bad = [[0x80], [0xC3], [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFF], [0xEF, 0xBF, 0xBF]];
        foreach (var bytes in bad)
        {
            Assert.Equal(XmlFaultKind.NotWellFormed, Verdict([.. "<a>"u8, .. bytes, .. "</a>"u8], out _));
            Assert.Equal(XmlFaultKind.NotWellFormed, Verdict([.. "<a b='"u8, .. bytes, .. "'/>"u8], out _));
            Assert.Equal(XmlFaultKind.NotWellFormed, Verdict([.. "<a"u8, .. bytes, .. "/>"u8], out _));
            Assert.Equal(XmlFaultKind.NotWellFormed, Verdict([.. "<a><![CDATA["u8, .. bytes, .. "]]></a>"u8], out _));
        }
    }

    [Fact]
    public void An_error_is_told_as_soon_as_its_tag_is_there()
    {
        Assert.Equal("fault NotWellFormed", Read(Header + "<message><body>hi</message>")[^1]);
        Assert.Equal("fault RestrictedXml", Read(Header + "<message><!-")[^1]);
        Assert.Equal("fault PolicyViolation", Read(Header + string.Concat(Enumerable.Repeat("<a>", 5_000)))[^1]);
    }

    [Fact]
    public void Bounds_hold_to_the_last_byte()
    {
        var limits = new XmlLimits { StanzaBytes = 200, Depth = 3, Attributes = 4, NameBytes = 10, Nodes = 5 };
        Assert.Equal(XmlFaultKind.None, Of("<a><b><c/></b></a>"));
        Assert.Equal(XmlFaultKind.PolicyViolation, Of("<a><b><c><d/></c></b></a>"));
        Assert.Equal(XmlFaultKind.None, Of("<a b='' c='' d='' xmlns='e'/>"));
        Assert.Equal(XmlFaultKind.PolicyViolation, Of("<a b='' c='' d='' e='' xmlns='f'/>"));
        Assert.Equal(XmlFaultKind.None, Of("<abcdefghij/>"));
        Assert.Equal(XmlFaultKind.PolicyViolation, Of("<abcdefghijk/>"));
        Assert.Equal(XmlFaultKind.None, Of("<a>" + new string('x', 193) + "</a>"));
        Assert.Equal(XmlFaultKind.PolicyViolation, Of("<a>" + new string('x', 194) + "</a>"));
        Assert.Equal(XmlFaultKind.None, Of("<a>1<b/>2<c/></a>"));
        Assert.Equal(XmlFaultKind.PolicyViolation, Of("<a>1<b/>2<c/>3</a>"));

        XmlFaultKind Of(string text)
        {
            var line = Read(text, 7, limits, XmlFraming.Documents)[^1];
            return line.StartsWith("fault ", StringComparison.Ordinal) ? Enum.Parse<XmlFaultKind>(line["fault ".Length..]) : XmlFaultKind.None;
        }
    }

    [Theory]
    [InlineData("<message><body>")]
    [InlineData("<message a='")]
    [InlineData("<message ")]
    [InlineData("<message><![CDATA[")]
    [InlineData("<message/")]
    [InlineData("<")]
    public void An_endless_stanza_takes_no_more_memory_than_its_bound(string begun)
    {
        var reader = new XmlStreamReader(new XmlLimits { StanzaBytes = 65_536 });
        var input = new ReadOnlySequence<byte>(Utf8(Header + begun));
        while (reader.Read(ref input) != XmlReadStatus.NeedMore) ;
        var piece = new byte[1000];
        piece.AsSpan().Fill((byte)'x');
        for (var i = 0; i < 66; i++)
        {
            input = new ReadOnlySequence<byte>(piece);
            if (reader.Read(ref input) != XmlReadStatus.Invalid) continue;
            Assert.Equal(XmlFaultKind.PolicyViolation, reader.Fault.Kind);
            Assert.InRange(i, 60, 66);
            return;
        }
        Assert.Fail("The endless stanza was not refused.");
    }

    [Fact]
    public void White_space_between_stanzas_has_no_end_and_costs_nothing()
    {
        var reader = new XmlStreamReader(new XmlLimits { StanzaBytes = 256 });
        var input = new ReadOnlySequence<byte>(Utf8(Header + new string(' ', 100_000) + "<a/>"));
        Assert.Equal(XmlReadStatus.StreamStart, reader.Read(ref input));
        Assert.Equal(XmlReadStatus.Stanza, reader.Read(ref input));
    }

    [Fact]
    public void Many_attributes_of_one_stanza_are_refused()
    {
        var text = $"<a {string.Concat(Enumerable.Range(0, 5_000).Select(i => $"a{i}='' "))}/>";
        Assert.Equal(XmlFaultKind.PolicyViolation, Verdict(text));
    }

    [Fact]
    public void After_a_restart_a_document_begins_anew()
    {
        var reader = new XmlStreamReader(XmlLimits.BeforeLogin);
        var input = new ReadOnlySequence<byte>(Utf8(Header + "<auth xmlns='a'/>"));
        reader.Read(ref input);
        reader.Read(ref input);
        reader.Restart();
        input = new ReadOnlySequence<byte>(Utf8("\n<?xml version='1.0'?><x:y xmlns:x='u'><z/></x:y>"));
        Assert.Equal(XmlReadStatus.StreamStart, reader.Read(ref input));
        Assert.Equal("{u}y[]", Describe(reader.Element));
        Assert.Equal(XmlReadStatus.Stanza, reader.Read(ref input));
        Assert.Equal("{}z[]", Describe(reader.Element));
        Assert.Equal(XmlReadStatus.StreamEnd, reader.Read(ref input));
    }

    [Fact]
    public void Elements_are_found_by_name_and_say_what_is_in_them()
    {
        var message = Document("<message xmlns='jabber:client' to='a&amp;b' type=\"chat\" xml:lang='de'> <body xmlns='other'/><body>x<i/>&lt;y<![CDATA[&z]]>\r\n</body></message>");
        Assert.True(message.Is(new XmlName(Client, "message")));
        Assert.Equal("x<y&z\n", message.Find(Body).Text);
        Assert.Equal("a&b", message.Attribute("to"u8));
        Assert.True(message.TryAttribute("type"u8, out var type) && type.Is("chat"u8) && !type.Is("cha"u8));
        Assert.True(message.TryAttribute("to"u8, out var to) && to.Is("a&b"u8) && !to.Is("a&amp;b"u8));
        Assert.Null(message.Attribute("lang"u8));
        Assert.True(message.TryAttribute(XmlNamespace.Xml, "lang"u8, out var language) && language.Is("de"u8));
        Assert.False(message.Find(new XmlName(Client, "subject")).Exists);
        Assert.False(message.IsEmpty);
        Assert.Equal(2, Count(message));

        static int Count(XmlElement element)
        {
            var count = 0;
            foreach (var _ in element.Children) count++;
            return count;
        }
    }
}
