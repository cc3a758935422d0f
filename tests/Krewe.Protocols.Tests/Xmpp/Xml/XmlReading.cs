using System.Buffers;
using System.Text;
using Krewe.Protocols.Xmpp.Xml;

namespace Krewe.Protocols.Tests.Xmpp.Xml;

/// <summary>Reads whole streams for tests, in pieces of any size, and tells what came of it in lines.</summary>
internal static class XmlReading
{
    public static readonly XmlNamespace Client = new("jabber:client");
    public static readonly XmlName Body = new(Client, "body");

    public const string Header = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>";

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static List<string> Read(string text, int piece = int.MaxValue, XmlLimits? limits = null, XmlFraming framing = XmlFraming.Stream) =>
        Read(Utf8(text), piece, limits, framing);

    public static List<string> Read(byte[] bytes, int piece = int.MaxValue, XmlLimits? limits = null, XmlFraming framing = XmlFraming.Stream)
    {
        var reader = new XmlStreamReader(limits ?? new XmlLimits(), framing);
        List<string> lines = [];
        for (var at = 0; at < bytes.Length; at += Math.Min(piece, bytes.Length - at))
        {
            var input = new ReadOnlySequence<byte>(bytes, at, Math.Min(piece, bytes.Length - at));
            while (true)
            {
                var status = reader.Read(ref input);
                if (status == XmlReadStatus.NeedMore) break;
                lines.Add(status switch
                {
                    XmlReadStatus.StreamStart => $"start {Describe(reader.Element)}",
                    XmlReadStatus.Stanza => $"stanza {Describe(reader.Element)}",
                    XmlReadStatus.StreamEnd => "end",
                    _ => $"fault {reader.Fault.Kind}",
                });
                if (status == XmlReadStatus.Invalid) return lines;
                if (reader.IsBetween) reader.Release();
            }
        }
        return lines;
    }

    /// <summary>The element of a document of its own; fails if it is not good.</summary>
    public static XmlElement Document(string text, XmlLimits? limits = null)
    {
        var reader = new XmlStreamReader(limits ?? new XmlLimits(), XmlFraming.Documents);
        var input = new ReadOnlySequence<byte>(Utf8(text));
        var status = reader.Read(ref input);
        Assert.True(status == XmlReadStatus.Stanza, $"{status}: {reader.Fault.Text}");
        return reader.Element;
    }

    /// <summary>The verdict on a document of its own: the fault, or none.</summary>
    public static XmlFaultKind Verdict(byte[] document, out XmlElement element)
    {
        var reader = new XmlStreamReader(new XmlLimits(), XmlFraming.Documents);
        var input = new ReadOnlySequence<byte>(document);
        var status = reader.Read(ref input);
        element = reader.Element;
        if (status == XmlReadStatus.Invalid) return reader.Fault.Kind;
        if (status != XmlReadStatus.Stanza) return XmlFaultKind.NotWellFormed;
        foreach (var left in input.ToArray())
        {
            if (left is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')) return XmlFaultKind.NotWellFormed;
        }
        return XmlFaultKind.None;
    }

    public static XmlFaultKind Verdict(string document) => Verdict(Utf8(document), out _);

    /// <summary>What an element says, whatever it is written like.</summary>
    public static string Describe(XmlElement element)
    {
        var text = new StringBuilder();
        Describe(element, text);
        return text.ToString();
    }

    private static void Describe(XmlElement element, StringBuilder text)
    {
        text.Append('{').Append(Encoding.UTF8.GetString(element.Namespace)).Append('}').Append(Encoding.UTF8.GetString(element.LocalName));
        var fragment = element.Fragment!;
        List<string> attributes = [];
        for (var i = 0; i < element.Node.Attributes; i++)
        {
            var attribute = fragment.Attribute(element.Node.FirstAttribute + i);
            if (attribute.Declares) continue;
            var value = new XmlValue(fragment.Slice(attribute.ValueStart, attribute.ValueEnd), XmlCoding.Attribute);
            attributes.Add($" {{{Encoding.UTF8.GetString(fragment.Uri(attribute.Binding))}}}{Encoding.UTF8.GetString(fragment.Slice(attribute.LocalStart, attribute.NameEnd))}={value.ToString()}");
        }
        text.AppendJoin("", attributes.Order(StringComparer.Ordinal)).Append('[');
        for (var i = element.Index + 1; i < element.Node.Next; i = fragment.Node(i).Next)
        {
            ref var node = ref fragment.Node(i);
            if (node.IsElement) Describe(new XmlElement(fragment, i), text);
            else if (node.Kind == XmlNodeKind.CData) text.Append(new XmlValue(fragment.Slice(node.Start + 9, node.End - 3), XmlCoding.CData).ToString());
            else text.Append(new XmlValue(fragment.Slice(node.Start, node.End), XmlCoding.Text).ToString());
        }
        text.Append(']');
    }
}
