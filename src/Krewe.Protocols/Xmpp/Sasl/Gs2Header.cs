// RFC 5801, section 4: the header that begins a client's first message in SCRAM and OAUTHBEARER.
using System.Diagnostics.CodeAnalysis;

namespace Krewe.Protocols.Xmpp.Sasl;

internal enum Gs2Flag
{
    /// <summary><c>n</c>: the client does not know channel binding.</summary>
    Unknown,
    /// <summary><c>y</c>: it does, and thinks that the server does not.</summary>
    Unoffered,
    /// <summary><c>p=…</c>: it binds.</summary>
    Bound,
}

/// <param name="Binding">The name of the channel binding, if it binds.</param>
/// <param name="Text">The header itself.</param>
internal sealed record Gs2Header(Gs2Flag Flag, string? Binding, string? Authzid, string Text)
{
    public static bool TryRead(string message, [NotNullWhen(true)] out Gs2Header? header, out string rest)
    {
        (header, rest) = (null, "");
        var first = message.IndexOf(',', StringComparison.Ordinal);
        var second = first < 0 ? -1 : message.IndexOf(',', first + 1);
        if (second < 0) return false;
        var flag = message[..first];
        var authzid = message[(first + 1)..second];
        string? named = null;
        if (authzid.Length > 0 && (!authzid.StartsWith("a=", StringComparison.Ordinal) || !ScramName.TryDecode(authzid[2..], out named))) return false;
        Gs2Flag? kind = flag switch
        {
            "n" => Gs2Flag.Unknown,
            "y" => Gs2Flag.Unoffered,
            ['p', '=', _, ..] => Gs2Flag.Bound,
            _ => null,
        };
        if (kind is null) return false;
        header = new(kind.Value, kind == Gs2Flag.Bound ? flag[2..] : null, named, message[..(second + 1)]);
        rest = message[(second + 1)..];
        return true;
    }
}

/// <summary>Names in SCRAM: comma and equals sign are written as =2C and =3D (RFC 5802, section 5.1).</summary>
internal static class ScramName
{
    public static bool TryDecode(string text, [NotNullWhen(true)] out string? name)
    {
        name = text.Replace("=2C", ",", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
        var escapes = text.Split('=').Skip(1).All(after => after.StartsWith("2C", StringComparison.Ordinal) || after.StartsWith("3D", StringComparison.Ordinal));
        if (escapes && name.Length > 0) return true;
        name = null;
        return false;
    }
}
