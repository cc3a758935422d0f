using System.Diagnostics.CodeAnalysis;

namespace Krewe.Core.Addresses;

/// <summary>A canonical address (RFC 7622): bare <c>user@host</c> or full <c>user@host/resource</c>. Equal addresses have equal text.</summary>
[GenerateSerializer, Immutable, Alias("krewe.Jid")]
public readonly record struct Jid
{
    /// <summary>Bytes of UTF-8 in each part, at most (RFC 7622, section 3.1).</summary>
    public const int MaxPartBytes = 1023;

    [Id(0)] private readonly string? _text;

    private Jid(string text) => _text = text;

    /// <summary>The canonical text; empty for <c>default</c>.</summary>
    public string Text => _text ?? "";

    public ReadOnlySpan<char> Local => Text.AsSpan(0, Math.Max(0, BareText.IndexOf('@')));

    public ReadOnlySpan<char> Domain => BareText[(BareText.IndexOf('@') + 1)..];

    /// <summary>Empty for a bare address.</summary>
    public ReadOnlySpan<char> Resource => Text.AsSpan(Math.Min(Text.Length, BareText.Length + 1));

    public bool IsBare => !Text.Contains('/');

    public Jid Bare => IsBare ? this : new Jid(BareText.ToString());

    private ReadOnlySpan<char> BareText => Text.IndexOf('/') is >= 0 and var slash ? Text.AsSpan(0, slash) : Text;

    /// <summary>Reads and canonicalises an address. A domain alone is an address too; one without <c>@</c> is taken as a domain.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Jid jid, [NotNullWhen(false)] out string? error) =>
        JidParser.TryParse(text, out jid, out error);

    /// <summary>Reads what a native client writes: a bare address, or a name without <c>@</c>, which means <paramref name="localDomain"/>.</summary>
    public static bool TryParseUser(ReadOnlySpan<char> text, string localDomain, out Jid jid, [NotNullWhen(false)] out string? error) =>
        JidParser.TryParseUser(text, localDomain, out jid, out error);

    /// <summary>Takes text that <see cref="Text"/> gave earlier, such as a grain key or a stored address, without checking it again.</summary>
    public static Jid FromCanonical(string text) => new(text);

    /// <summary>The full address of one resource of a bare one; the resource must be canonical.</summary>
    public Jid WithResource(string resource) => new($"{Bare.Text}/{resource}");

    public override string ToString() => Text;
}
