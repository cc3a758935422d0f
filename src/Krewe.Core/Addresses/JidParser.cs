using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Krewe.Core.Addresses;

/// <summary>Splits an address and enforces each part by its profile (RFC 7622, section 3).</summary>
internal static class JidParser
{
    // RFC 7622, section 3.3.1: excluded from localparts although UsernameCaseMapped would let them pass.
    private const string ExcludedFromLocal = "\"&'/:<>@";
    private static readonly SearchValues<char> Excluded = SearchValues.Create(ExcludedFromLocal);
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    public static bool TryParseUser(ReadOnlySpan<char> text, string localDomain, out Jid jid, [NotNullWhen(false)] out string? error)
    {
        jid = default;
        if (text.Contains('/')) return Fail("An address here is bare: it has no resource.", out error);
        if (!text.Contains('@'))
        {
            if (!TryLocal(text, out var name, out error)) return false;
            jid = Jid.FromCanonical($"{name}@{localDomain}");
            return true;
        }
        return TryParse(text, out jid, out error);
    }

    public static bool TryParse(ReadOnlySpan<char> text, out Jid jid, [NotNullWhen(false)] out string? error)
    {
        jid = default;
        string? local = null, resource = null;
        if (text.IndexOf('/') is >= 0 and var slash)
        {
            if (!Precis.TryOpaque(text[(slash + 1)..], out resource, out error)) return Fail($"The resource is not allowed: {error}", out error);
            if (TooLong(resource)) return Fail("The resource is longer than 1023 bytes.", out error);
            text = text[..slash];
        }
        if (text.IndexOf('@') is >= 0 and var at)
        {
            if (!TryLocal(text[..at], out local, out error)) return false;
            text = text[(at + 1)..];
        }
        if (!TryDomain(text, out var domain, out error)) return false;
        jid = Jid.FromCanonical((local is null ? domain : $"{local}@{domain}") + (resource is null ? "" : $"/{resource}"));
        return true;
    }

    private static bool TryLocal(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? local, [NotNullWhen(false)] out string? error)
    {
        if (!Precis.TryUsername(text, out local, out error)) return Fail($"The name is not allowed: {error}", out error);
        if (local.AsSpan().IndexOfAny(Excluded) >= 0) return Fail($"A name has none of {ExcludedFromLocal}", out error);
        if (TooLong(local)) return Fail("The name is longer than 1023 bytes.", out error);
        return true;
    }

    private static bool TryDomain(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? domain, [NotNullWhen(false)] out string? error)
    {
        domain = null;
        if (text.EndsWith('.')) text = text[..^1];
        if (text.IsEmpty) return Fail("The domain is empty.", out error);
        if (text[0] == '[' && text[^1] == ']' && System.Net.IPAddress.TryParse(text[1..^1], out var ip))
        {
            domain = $"[{ip}]";
            error = null;
            return true;
        }
        try
        {
            // To A-labels and back: the canonical form has U-labels (RFC 7622, section 3.2.1).
            domain = Idn.GetUnicode(Idn.GetAscii(text.ToString())).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return Fail("The domain is not a host name.", out error);
        }
        if (TooLong(domain)) return Fail("The domain is longer than 1023 bytes.", out error);
        error = null;
        return true;
    }

    private static bool TooLong(string part) => Encoding.UTF8.GetByteCount(part) > Jid.MaxPartBytes;

    private static bool Fail(string reason, out string? error)
    {
        error = reason;
        return false;
    }
}
