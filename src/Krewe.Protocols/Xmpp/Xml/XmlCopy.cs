using System.Buffers;

namespace Krewe.Protocols.Xmpp.Xml;

/// <summary>Sends an element on: its bytes as they came if they mean the same there, else with the declarations that they need.</summary>
/// <remarks>What an element inherits from its stanza without a prefix it inherits from the new stanza too; that is how content crosses
/// from one content namespace to another (RFC 6120, section 4.8.3). All other names mean what they meant.</remarks>
internal static class XmlCopy
{
    /// <summary>Stands for the namespace of whatever stanza is around.</summary>
    public static readonly XmlNamespace Content = new("jabber:client");

    public static void Write(XmlElement element, XmlWriter writer)
    {
        var fragment = element.Fragment!;
        ref var node = ref element.Node;
        var inherits = fragment.Uri(node.OuterDefault);
        var content = element.Index > 0 && inherits.SequenceEqual(fragment.Uri(fragment.Node(0).Binding));
        var (byDefault, byPrefix) = DependenciesOf(fragment, element.Index);
        var same = inherits.SequenceEqual(writer.Default.Utf8) || (content && IsContent(writer.Default));
        if (!byPrefix && (!byDefault || same)) writer.Output.Write(fragment.Slice(node.Start, node.End));
        else WriteElement(fragment, element.Index, new Target(node.OuterBindings, writer), writer.Default.Utf8);
    }

    private static bool IsContent(XmlNamespace ns) => ns.Uri is "jabber:client" or "jabber:server";

    /// <summary>Does it use the default namespace, or prefixes, from outside of it?</summary>
    private static (bool Default, bool Prefix) DependenciesOf(XmlFragment fragment, int index)
    {
        var (byDefault, byPrefix) = (false, false);
        ref var top = ref fragment.Node(index);
        for (var i = index; i < top.Next; i++)
        {
            ref var node = ref fragment.Node(i);
            if (!node.IsElement) continue;
            if (node.Binding < top.OuterBindings && node.Binding != XmlBinding.Xml)
            {
                if (node.PrefixLength > 0) byPrefix = true;
                else byDefault = true;
            }
            for (var a = node.FirstAttribute; a < node.FirstAttribute + node.Attributes; a++)
            {
                ref var attribute = ref fragment.Attribute(a);
                if (attribute.PrefixLength > 0 && !attribute.Declares && attribute.Binding >= 0 && attribute.Binding < top.OuterBindings) byPrefix = true;
            }
        }
        return (byDefault, byPrefix);
    }

    /// <summary>Writes without prefixes on elements: each that is in another namespace than the one around it declares its own.</summary>
    private static void WriteElement(XmlFragment fragment, int index, Target target, ReadOnlySpan<byte> around)
    {
        ref var node = ref fragment.Node(index);
        var output = target.Writer.Output;
        var uri = fragment.Uri(node.Binding);
        // The stanza's own namespace, whatever prefix it came with, becomes that of the stanza around.
        if (node.Binding < target.OuterBindings && IsContent(target.Writer.Default) && uri.SequenceEqual(fragment.Uri(fragment.Node(0).Binding)))
            uri = target.Writer.Default.Utf8;
        var local = fragment.Slice(node.LocalStart, node.NameEnd);
        if (node.Binding == XmlBinding.Xml)
        {
            // A namespace that must not be declared as the default.
            local = fragment.Slice(node.Start + 1, node.NameEnd);
            uri = around;
        }
        output.Write("<"u8);
        output.Write(local);
        if (!uri.SequenceEqual(around)) target.Writer.Declare(default, uri);
        WriteAttributes(fragment, in node, target.Writer);
        if (index + 1 == node.Next)
        {
            output.Write("/>"u8);
            return;
        }
        output.Write(">"u8);
        for (var i = index + 1; i < node.Next; i = fragment.Node(i).Next)
        {
            ref var child = ref fragment.Node(i);
            if (child.IsElement) WriteElement(fragment, i, target, uri);
            else output.Write(fragment.Slice(child.Start, child.End));
        }
        output.Write("</"u8);
        output.Write(local);
        output.Write(">"u8);
    }

    private static void WriteAttributes(XmlFragment fragment, in XmlNode node, XmlWriter writer)
    {
        for (var i = node.FirstAttribute; i < node.FirstAttribute + node.Attributes; i++)
        {
            ref var attribute = ref fragment.Attribute(i);
            if (attribute.Declares) continue;
            if (attribute.Binding >= 0 && !IsDeclared(fragment, node.FirstAttribute, i))
                writer.Declare(fragment.Slice(attribute.Start, attribute.Start + attribute.PrefixLength), fragment.Uri(attribute.Binding));
            writer.Output.Write(" "u8);
            writer.Output.Write(fragment.Slice(attribute.Start, attribute.NameEnd));
            writer.Output.Write("="u8);
            // With the quotes that it came in.
            writer.Output.Write(fragment.Slice(attribute.ValueStart - 1, attribute.ValueEnd + 1));
        }
    }

    /// <summary>Has an attribute before it in the same element the same prefix?</summary>
    private static bool IsDeclared(XmlFragment fragment, int first, int index)
    {
        for (var i = first; i < index; i++)
        {
            if (!fragment.Attribute(i).Declares && fragment.Attribute(i).Binding == fragment.Attribute(index).Binding) return true;
        }
        return false;
    }

    private readonly record struct Target(int OuterBindings, XmlWriter Writer);
}
