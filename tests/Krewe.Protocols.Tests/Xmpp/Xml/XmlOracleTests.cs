using System.Text;
using System.Xml;
using XmlWriter = Krewe.Protocols.Xmpp.Xml.XmlWriter;
using Krewe.Protocols.Xmpp.Xml;
using static Krewe.Protocols.Tests.Xmpp.Xml.XmlReading;

namespace Krewe.Protocols.Tests.Xmpp.Xml;

/// <summary>Random documents, good and damaged: .NET's own reader, which is no part of the server, must come to the same verdict and the same content.</summary>
public sealed class XmlOracleTests
{
    private static readonly string[] Prefixes = ["", "", "", "p:", "q:", "xml:"];
    private static readonly string[] Names = ["a", "b", "message", "body", "x-y.z_1", "é", "中", "lang"];
    private static readonly string[] Uris = ["", "u", "urn:v", "jabber:client", "a&amp;b", "w'", "http://www.w3.org/XML/1998/namespace"];
    private static readonly string[] Texts = ["", " ", "hi", "1 &lt; 2", "&#x41;&#66;", "é中😀", "<![CDATA[<&]]>", "]]", ">", "\r\n", "\t", "\"'", "&amp;&gt;&apos;&quot;", "&#13;", "]]>", "&x;", "&#0;"];
    private static readonly string[] Bits = ["<", ">", "/", "&", ";", "'", "\"", "=", " ", "\n", "xmlns", ":", "]]>", "<a>", "</a>", "<![CDATA[", "\u0001", "\uFFFE", "p:", "xmlns:p=''", "é", "#", "a"];

    [Fact]
    public void Random_documents_get_the_verdict_and_the_content_of_another_reader()
    {
        var random = new Random(20_260_714);
        var (good, bad) = (0, 0);
        for (var round = 0; round < 12_000; round++)
        {
            var text = $"<r xmlns:p='pp' xmlns:q='qq'>{Make(random, 1)}</r>";
            for (var i = random.Next(4); i > 1; i--) text = Damage(text, random);
            // The other reader wants text, which half a character is not; what is not UTF-8 has a test of its own.
            if (Encoding.UTF8.GetString(Utf8(text)) != text) continue;
            var verdict = Verdict(Utf8(text), out var element);
            if (verdict is XmlFaultKind.RestrictedXml or XmlFaultKind.PolicyViolation) continue;
            // The other reader takes elements of the prefix xmlns, which section 3 of Namespaces in XML forbids.
            if (text.Contains("<xmlns:", StringComparison.Ordinal)) continue;
            var expected = Oracle(text);
            Assert.True(verdict == XmlFaultKind.None == expected is not null, $"Round {round}, {verdict}, the other: {expected ?? "bad"}: {text}");
            if (expected is null) bad++;
            else
            {
                good++;
                Assert.True(Describe(element) == expected, $"Round {round}: {text}\n{Describe(element)}\n{expected}");
            }
        }
        // The dice are loaded well: both kinds are many.
        Assert.InRange(good, 2_000, 10_000);
        Assert.InRange(bad, 2_000, 10_000);
    }

    [Fact]
    public void What_is_sent_on_says_what_was_read()
    {
        var random = new Random(7);
        var count = 0;
        for (var round = 0; round < 8_000; round++)
        {
            var text = $"<s:message xmlns:s='jabber:client' xmlns:p='pp' xmlns:q='qq' xmlns='{Uris[random.Next(4)]}'>{Make(random, 1)}{Make(random, 1)}</s:message>";
            if (Verdict(Utf8(text), out var stanza) != XmlFaultKind.None) continue;
            var payload = new System.Buffers.ArrayBufferWriter<byte>();
            XmlPayload.Capture(stanza, _ => true, payload);
            var sent = new System.Buffers.ArrayBufferWriter<byte>();
            new XmlWriter().Begin(sent, XmlNamespace.None)
                .Start(new XmlName(Client, "message")).Copy(XmlPayload.FromStore(payload.WrittenMemory)).End();
            var again = Encoding.UTF8.GetString(sent.WrittenSpan);
            Assert.True(Oracle(again) is not null, $"Round {round}: {text}\n{again}");
            Assert.True(Describe(stanza) == Oracle(again), $"Round {round}: {text}\n{again}");
            count++;
        }
        Assert.True(count > 1_000, $"Only {count} were good.");
    }

    [Fact]
    public void Damaged_bytes_never_throw_and_never_pass_the_bounds()
    {
        var random = new Random(99);
        var limits = new XmlLimits { StanzaBytes = 2_000, Depth = 8, Attributes = 8, Nodes = 50 };
        for (var round = 0; round < 15_000; round++)
        {
            var bytes = Utf8(Header + Make(random, 0) + Make(random, 0) + "</stream:stream>");
            for (var i = random.Next(6); i > 0; i--)
            {
                var at = random.Next(bytes.Length);
                bytes = random.Next(3) switch
                {
                    0 => [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]],
                    1 => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(9))..]],
                    _ => [.. bytes[..at], .. bytes[random.Next(bytes.Length)..]],
                };
            }
            var whole = Read(bytes, limits: limits);
            Assert.Equal(whole, Read(bytes, random.Next(1, 9), limits));
        }
    }

    /// <summary>What an element says, by System.Xml; null if the document is not well-formed.</summary>
    private static string? Oracle(string document)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(document), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            var text = new StringBuilder();
            while (reader.Read())
            {
                switch (reader.NodeType)
                {
                    case XmlNodeType.Element:
                        Element(reader, text);
                        break;
                    case XmlNodeType.EndElement:
                        text.Append(']');
                        break;
                    case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace:
                    case XmlNodeType.Whitespace when reader.Depth > 0:
                        text.Append(reader.Value);
                        break;
                }
            }
            return text.ToString();
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static void Element(XmlReader reader, StringBuilder text)
    {
        var empty = reader.IsEmptyElement;
        text.Append('{').Append(reader.NamespaceURI).Append('}').Append(reader.LocalName);
        List<string> attributes = [];
        while (reader.MoveToNextAttribute())
        {
            if (reader.NamespaceURI != "http://www.w3.org/2000/xmlns/") attributes.Add($" {{{reader.NamespaceURI}}}{reader.LocalName}={reader.Value}");
        }
        text.AppendJoin("", attributes.Order(StringComparer.Ordinal)).Append('[');
        if (empty) text.Append(']');
    }

    private static string Make(Random random, int depth)
    {
        var name = Pick(Prefixes, random) + Pick(Names, random);
        var text = new StringBuilder().Append('<').Append(name);
        for (var i = random.Next(4); i > 0; i--)
        {
            var quote = random.Next(2) == 0 ? '\'' : '"';
            var attribute = random.Next(4) switch
            {
                0 => "xmlns",
                1 => "xmlns:" + Pick(["p", "q"], random),
                _ => Pick(Prefixes, random) + Pick(Names, random),
            };
            var value = attribute.StartsWith("xmlns", StringComparison.Ordinal) ? Pick(Uris, random) : Pick(Texts, random).Replace("<![CDATA[<&]]>", "c", StringComparison.Ordinal);
            text.Append(Pick([" ", "\n", "  "], random)).Append(attribute).Append('=').Append(quote).Append(value.Replace(quote.ToString(), "", StringComparison.Ordinal)).Append(quote);
        }
        if (random.Next(4) == 0) return text.Append("/>").ToString();
        text.Append('>');
        for (var i = depth > 3 ? 0 : random.Next(4); i > 0; i--) text.Append(Pick(Texts[..^3], random)).Append(Make(random, depth + 1));
        return text.Append(Pick(random.Next(20) == 0 ? Texts : Texts[..^3], random)).Append("</").Append(name).Append('>').ToString();
    }

    private static string Damage(string text, Random random)
    {
        var at = random.Next(text.Length);
        return random.Next(3) switch
        {
            0 => text[..at] + Pick(Bits, random) + text[at..],
            1 => text[..at] + text[Math.Min(text.Length, at + random.Next(1, 5))..],
            _ => text[..at] + Pick(Bits, random) + text[(at + 1)..],
        };
    }

    private static T Pick<T>(T[] from, Random random) => from[random.Next(from.Length)];
}
