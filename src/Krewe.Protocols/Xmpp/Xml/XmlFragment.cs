using System.Buffers;

namespace Krewe.Protocols.Xmpp.Xml;

/// <summary>
/// One element with everything in it: its bytes as they came, and where in them each part lies. All of it in borrowed arrays;
/// <see cref="Root"/> and what is found from it are good until the fragment is filled anew or released.
/// </summary>
public sealed class XmlFragment
{
    private XmlNode[] _nodes = [];
    private XmlAttribute[] _attributes = [];
    private XmlBinding[] _bindings = [];
    private byte[] _bytes = [];

    public XmlElement Root => NodeCount > 0 ? new XmlElement(this, 0) : default;

    /// <summary>The bytes of the whole.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    internal int Length { get; private set; }

    internal int NodeCount { get; private set; }

    internal int AttributeCount { get; private set; }

    internal int BindingCount { get; private set; }

    internal ref XmlNode Node(int index) => ref _nodes[index];

    internal ref XmlAttribute Attribute(int index) => ref _attributes[index];

    internal ref XmlBinding Binding(int index) => ref _bindings[index];

    internal ReadOnlySpan<byte> Slice(int start, int end) => _bytes.AsSpan(start, end - start);

    internal ReadOnlySpan<byte> Uri(int binding)
    {
        if (binding < 0) return binding == XmlBinding.Xml ? XmlNamespace.Xml.Utf8 : default;
        ref var found = ref _bindings[binding];
        return (found.Own ?? _bytes).AsSpan(found.UriStart, found.UriLength);
    }

    internal ReadOnlySpan<byte> Prefix(int binding)
    {
        ref var found = ref _bindings[binding];
        return (found.Own ?? _bytes).AsSpan(found.PrefixStart, found.PrefixLength);
    }

    /// <summary>Empties it, for an element within the given declarations.</summary>
    internal void Begin(ReadOnlySpan<XmlBinding> around)
    {
        (Length, NodeCount, AttributeCount, BindingCount) = (0, 0, 0, around.Length);
        Reserve(ref _bindings, 0, around.Length);
        around.CopyTo(_bindings);
    }

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(ref _bytes, Length, bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    internal int Add(in XmlNode node)
    {
        Reserve(ref _nodes, NodeCount, 1);
        _nodes[NodeCount] = node;
        return NodeCount++;
    }

    internal void Add(in XmlAttribute attribute)
    {
        Reserve(ref _attributes, AttributeCount, 1);
        _attributes[AttributeCount++] = attribute;
    }

    internal int Add(in XmlBinding binding)
    {
        Reserve(ref _bindings, BindingCount, 1);
        _bindings[BindingCount] = binding;
        return BindingCount++;
    }

    /// <summary>All declarations so far, to hold for longer than the fragment.</summary>
    internal XmlBinding[] CopyBindings()
    {
        var copies = new XmlBinding[BindingCount];
        for (var i = 0; i < copies.Length; i++)
        {
            var prefix = Prefix(i);
            var uri = Uri(i);
            copies[i] = new XmlBinding { Own = [.. prefix, .. uri], PrefixLength = prefix.Length, UriStart = prefix.Length, UriLength = uri.Length, Before = i - 1 };
        }
        return copies;
    }

    /// <summary>Gives the arrays back; it can be filled anew.</summary>
    internal void Release()
    {
        (Length, NodeCount, AttributeCount, BindingCount) = (0, 0, 0, 0);
        Return(ref _bytes);
        Return(ref _nodes);
        Return(ref _attributes);
        // A binding may refer to an array of its own.
        _bindings.AsSpan().Clear();
        Return(ref _bindings);
    }

    private static void Reserve<T>(ref T[] array, int used, int more)
    {
        if (array.Length - used >= more) return;
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(used + more, Math.Max(16, array.Length * 2)));
        array.AsSpan(0, used).CopyTo(larger);
        Return(ref array);
        array = larger;
    }

    private static void Return<T>(ref T[] array)
    {
        if (array.Length > 0) ArrayPool<T>.Shared.Return(array);
        array = [];
    }
}
