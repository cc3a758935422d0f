namespace Krewe.Protocols.Xmpp.Xml;

/// <summary>The XML declaration (XML 1.0, section 2.8): version 1.0, and no encoding but UTF-8 (RFC 6120, section 11.6).</summary>
internal static class XmlDeclaration
{
    private static ReadOnlySpan<byte> Target => "<?xml"u8;

    /// <summary>Do the first bytes show that it is another processing instruction?</summary>
    public static bool CannotBe(ReadOnlySpan<byte> begun)
    {
        if (begun.Length <= Target.Length) return !Target.StartsWith(begun);
        return !begun.StartsWith(Target) || !XmlCharacters.IsSpace(begun[Target.Length]);
    }

    public static XmlFault Check(ReadOnlySpan<byte> declaration)
    {
        var rest = declaration[Target.Length..^2];
        if (!TryTake(ref rest, "version"u8, out var version)) return Broken;
        if (!version.SequenceEqual("1.0"u8)) return XmlFault.NotWellFormed("Streams are of XML 1.0.");
        if (TryTake(ref rest, "encoding"u8, out var encoding))
        {
            if (encoding.IsEmpty) return Broken;
            if (!System.Text.Ascii.EqualsIgnoreCase(encoding, "utf-8"u8)) return new XmlFault(XmlFaultKind.UnsupportedEncoding, "Streams are in UTF-8.");
        }
        if (TryTake(ref rest, "standalone"u8, out var standalone) && !standalone.SequenceEqual("yes"u8) && !standalone.SequenceEqual("no"u8)) return Broken;
        return rest.Trim(" \t\r\n"u8).IsEmpty ? XmlFault.None : Broken;
    }

    private static XmlFault Broken => XmlFault.NotWellFormed("The XML declaration is broken.");

    private static bool TryTake(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        var trimmed = rest.TrimStart(" \t\r\n"u8);
        if (trimmed.Length == rest.Length || !trimmed.StartsWith(name)) return false;
        trimmed = trimmed[name.Length..].TrimStart(" \t\r\n"u8);
        if (trimmed is not [(byte)'=', ..]) return false;
        trimmed = trimmed[1..].TrimStart(" \t\r\n"u8);
        if (trimmed is not [(byte)'\'' or (byte)'"', ..]) return false;
        var end = trimmed[1..].IndexOf(trimmed[0]);
        if (end < 0) return false;
        value = trimmed.Slice(1, end);
        rest = trimmed[(end + 2)..];
        return true;
    }
}
