using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Krewe.Core.Addresses;

/// <summary>Splits an address and enforces each part by its profile (RFC 7622, section 3).</summary>
internal static class JidParser
{
    // RFC 7622, section 3.3.1: excluded from localparts although UsernameCaseMapped would let them pass.
    private const string ExcludedFromLocal = "\"&'/:<>@";
    // Three parts of 1023 bytes, each from up to four characters for one after normalisation: nothing longer is worth the work.
    private const int MaxCharacters = 3 * 4 * Jid.MaxPartBytes;
    private static readonly SearchValues<char> Excluded = SearchValues.Create(ExcludedFromLocal);
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    public static bool TryParseUser(ReadOnlySpan<char> text, string localDomain, out Jid jid, [NotNullWhen(false)] out string? error)
    {
        jid = default;
        if (text.Contains('/')) return Fail("An address here is bare: it has no resource.", out error);
        if (!text.Contains('@'))
        {
            if (text.Length > MaxCharacters) return Fail("The address is too long.", out error);
            if (!TryLocal(text, out var name, out error)) return false;
            jid = Jid.FromCanonical($"{name}@{localDomain}");
            return true;
        }
        return TryParse(text, out jid, out error);
    }

    public static bool TryParse(ReadOnlySpan<char> text, out Jid jid, [NotNullWhen(false)] out string? error)
    {
        jid = default;
        if (text.Length > MaxCharacters) return Fail("The address is too long.", out error);
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
        if (text.IsEmpty) return Fail("The domain is empty.", out error);
        if (text[0] == '[')
        {
            // A zone would mean something on one machine only.
            var inner = text[^1] == ']' ? text[1..^1] : default;
            if (!IPAddress.TryParse(inner, out var ip) || ip.AddressFamily != AddressFamily.InterNetworkV6 || inner.Contains('%'))
                return Fail("The domain is not an IPv6 address.", out error);
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
        // Only now: the full stops of other scripts have become dots.
        if (domain.EndsWith('.')) domain = domain[..^1];
        if (domain.Length == 0 || domain.EndsWith('.')) return Fail("The domain has an empty label.", out error);
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
