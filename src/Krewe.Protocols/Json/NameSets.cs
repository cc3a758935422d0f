namespace Krewe.Protocols.Json;

/// <summary>The names seen so far in each of the objects that are open, to notice one that comes twice.</summary>
internal struct NameSets
{
    // Up to here a comparison with each is cheaper than hashing; beyond, it would be quadratic in what a client sends.
    private const int Few = 16;

    private List<JsonToken>? _names;
    private List<(int Begin, HashSet<string>? Many)>? _objects;

    public void Open() => (_objects ??= new(4)).Add(((_names ??= new(Few)).Count, null));

    public readonly void Close()
    {
        var begin = _objects![^1].Begin;
        _names!.RemoveRange(begin, _names.Count - begin);
        _objects.RemoveAt(_objects.Count - 1);
    }

    /// <summary>False if the innermost object has the name already.</summary>
    public readonly bool TryAdd(ReadOnlySpan<byte> text, JsonToken name)
    {
        var (begin, many) = _objects![^1];
        if (many is null && _names!.Count - begin == Few)
        {
            many = new(StringComparer.Ordinal);
            for (var i = begin; i < _names.Count; i++) many.Add(_names[i].Text(text));
            _objects[^1] = (begin, many);
        }
        if (many is not null) return many.Add(name.Text(text));
        for (var i = begin; i < _names!.Count; i++)
            if (Same(text, _names[i], name)) return false;
        _names.Add(name);
        return true;
    }

    // An escape may spell a character that the other name has plainly.
    private static bool Same(ReadOnlySpan<byte> text, JsonToken a, JsonToken b) =>
        a.Escaped || b.Escaped ? a.Text(text) == b.Text(text) : a.Of(text).SequenceEqual(b.Of(text));
}
