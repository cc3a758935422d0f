namespace Krewe.Protocols.Xmpp.Xml;

/// <summary>Reads a whole start tag into its fragment, by the letter of XML 1.0 and Namespaces in XML 1.0.</summary>
internal static class XmlTags
{
    /// <summary>Reads the tag that ends the fragment's bytes.</summary>
    /// <param name="start">Its <c>&lt;</c>.</param>
    /// <param name="head">The newest binding in force; those of the tag go on top.</param>
    /// <param name="node">Complete but for where the element ends.</param>
    /// <param name="empty">It is an element without content.</param>
    public static XmlFault Read(XmlFragment fragment, int start, XmlLimits limits, ref int head, out XmlNode node, out bool empty)
    {
        node = new XmlNode
        {
            Start = start, TagEnd = fragment.Length, FirstAttribute = fragment.AttributeCount, OuterBindings = fragment.BindingCount,
            OuterDefault = Find(fragment, default, head),
        };
        var tag = fragment.Slice(start, fragment.Length);
        empty = tag is [.., (byte)'/', _];
        if (!XmlCharacters.AreAllowed(tag)) return XmlCharacters.NotAllowed;
        var end = tag.Length - (empty ? 2 : 1);
        var at = 1;
        if (ReadName(tag[..end], limits, ref at, out node.PrefixLength) is { IsNone: false } fault) return fault;
        node.NameEnd = start + at;
        while (at < end)
        {
            var name = at;
            SkipSpace(tag, ref name);
            if (name == end) break;
            if (name == at) return XmlFault.NotWellFormed("Attributes have white space before them.");
            at = name;
            if (++node.Attributes > limits.Attributes) return XmlFault.TooMuch($"An element has at most {limits.Attributes} attributes.");
            if (ReadAttribute(fragment, start, tag[..end], limits, ref at, ref head) is { IsNone: false } wrong) return wrong;
        }
        return Resolve(fragment, head, ref node);
    }

    /// <summary>The binding of a prefix, or of the default namespace.</summary>
    private static int Find(XmlFragment fragment, ReadOnlySpan<byte> prefix, int head)
    {
        for (var i = head; i >= 0; i = fragment.Binding(i).Before)
        {
            if (fragment.Prefix(i).SequenceEqual(prefix)) return i;
        }
        return prefix.SequenceEqual("xml"u8) ? XmlBinding.Xml : XmlBinding.None;
    }

    private static XmlFault ReadName(ReadOnlySpan<byte> tag, XmlLimits limits, ref int at, out int prefix)
    {
        prefix = 0;
        var first = XmlCharacters.NameLength(tag[at..]);
        var length = first;
        if (first > 0 && at + first < tag.Length && tag[at + first] == ':')
        {
            var local = XmlCharacters.NameLength(tag[(at + first + 1)..]);
            (prefix, length) = (first, local == 0 ? 0 : first + 1 + local);
        }
        if (length == 0) return XmlFault.NotWellFormed("A name is expected.");
        if (length > limits.NameBytes) return XmlFault.TooMuch($"A name has at most {limits.NameBytes} bytes.");
        at += length;
        return at == tag.Length || XmlCharacters.IsSpace(tag[at]) || tag[at] == '='
            ? XmlFault.None
            : XmlFault.NotWellFormed("A name has a character that names have not.");
    }

    private static XmlFault ReadAttribute(XmlFragment fragment, int start, ReadOnlySpan<byte> tag, XmlLimits limits, ref int at, ref int head)
    {
        var attribute = new XmlAttribute { Start = start + at, Binding = XmlBinding.None };
        var name = at;
        if (ReadName(tag, limits, ref at, out attribute.PrefixLength) is { IsNone: false } fault) return fault;
        attribute.NameEnd = start + at;
        var local = tag[(name + (attribute.PrefixLength > 0 ? attribute.PrefixLength + 1 : 0))..at];
        SkipSpace(tag, ref at);
        if (at == tag.Length || tag[at++] != '=') return XmlFault.NotWellFormed("An attribute has a value.");
        SkipSpace(tag, ref at);
        if (at == tag.Length || tag[at] is not ((byte)'"' or (byte)'\'')) return XmlFault.NotWellFormed("A value is quoted.");
        var quote = tag[at++];
        var length = tag[at..].IndexOf(quote);
        if (length < 0) return XmlFault.NotWellFormed("A value has two quotes.");
        var value = tag.Slice(at, length);
        (attribute.ValueStart, attribute.ValueEnd) = (start + at, start + at + length);
        at += length + 1;
        if (value.Contains((byte)'&'))
        {
            attribute.Coded = true;
            if (XmlCharacters.CheckReferences(value) is { IsNone: false } wrong) return wrong;
        }
        else attribute.Coded = value.IndexOfAny((byte)'\t', (byte)'\n', (byte)'\r') >= 0;
        var prefix = tag.Slice(name, attribute.PrefixLength);
        attribute.Declares = prefix.IsEmpty ? local.SequenceEqual("xmlns"u8) : prefix.SequenceEqual("xmlns"u8);
        fragment.Add(attribute);
        return attribute.Declares ? Declare(fragment, in attribute, ref head) : XmlFault.None;
    }

    private static XmlFault Declare(XmlFragment fragment, in XmlAttribute attribute, ref int head)
    {
        var binding = new XmlBinding { PrefixStart = attribute.LocalStart, UriStart = attribute.ValueStart, UriLength = attribute.ValueEnd - attribute.ValueStart, Before = head };
        if (attribute.PrefixLength > 0) binding.PrefixLength = attribute.NameEnd - attribute.LocalStart;
        if (attribute.Coded)
        {
            var prefix = fragment.Slice(binding.PrefixStart, binding.PrefixStart + binding.PrefixLength);
            binding.Own = new byte[prefix.Length + binding.UriLength];
            prefix.CopyTo(binding.Own);
            binding.UriLength = new XmlValue(fragment.Slice(attribute.ValueStart, attribute.ValueEnd), XmlCoding.Attribute).Decode(binding.Own.AsSpan(prefix.Length));
            (binding.PrefixStart, binding.UriStart) = (0, prefix.Length);
        }
        head = fragment.Add(binding);
        var declared = fragment.Prefix(head);
        var uri = fragment.Uri(head);
        // Namespaces in XML, sections 3 and 5.
        var isXml = uri.SequenceEqual(XmlNamespace.Xml.Utf8);
        if (declared.SequenceEqual("xmlns"u8) || uri.SequenceEqual("http://www.w3.org/2000/xmlns/"u8) || isXml != declared.SequenceEqual("xml"u8))
            return XmlFault.NotWellFormed("The names xml and xmlns belong to XML itself.");
        return uri.IsEmpty && !declared.IsEmpty ? XmlFault.NotWellFormed("A prefix stands for a namespace.") : XmlFault.None;
    }

    /// <summary>Finds what the prefixes stand for, and attributes that occur twice.</summary>
    private static XmlFault Resolve(XmlFragment fragment, int head, ref XmlNode node)
    {
        node.Binding = Find(fragment, fragment.Slice(node.Start + 1, node.Start + 1 + node.PrefixLength), head);
        if (node.PrefixLength > 0 && node.Binding == XmlBinding.None) return Undeclared;
        for (var i = node.FirstAttribute; i < fragment.AttributeCount; i++)
        {
            ref var attribute = ref fragment.Attribute(i);
            if (attribute.PrefixLength > 0 && !attribute.Declares)
            {
                attribute.Binding = Find(fragment, fragment.Slice(attribute.Start, attribute.Start + attribute.PrefixLength), head);
                if (attribute.Binding == XmlBinding.None) return Undeclared;
            }
            for (var j = node.FirstAttribute; j < i; j++)
            {
                if (AreSame(fragment, in attribute, in fragment.Attribute(j))) return XmlFault.NotWellFormed("An attribute occurs once in an element.");
            }
        }
        return XmlFault.None;
    }

    private static XmlFault Undeclared => new(XmlFaultKind.BadNamespacePrefix, "A prefix has to be declared.");

    private static bool AreSame(XmlFragment fragment, in XmlAttribute one, in XmlAttribute other)
    {
        var local = fragment.Slice(one.LocalStart, one.NameEnd);
        return local.SequenceEqual(fragment.Slice(other.LocalStart, other.NameEnd))
            && one.Declares == other.Declares
            && one.PrefixLength > 0 == other.PrefixLength > 0
            && (one.Binding == other.Binding || fragment.Uri(one.Binding).SequenceEqual(fragment.Uri(other.Binding)));
    }

    private static void SkipSpace(ReadOnlySpan<byte> tag, ref int at)
    {
        while (at < tag.Length && XmlCharacters.IsSpace(tag[at])) at++;
    }
}
