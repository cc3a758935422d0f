namespace Krewe.Protocols.Json;

/// <summary>Where a value stands in a JSON text; of a string, what is between the quotes.</summary>
/// <param name="Escaped">A string with at least one escape.</param>
internal readonly record struct JsonToken(int Start, int Length, bool Escaped)
{
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> text) => text.Slice(Start, Length);

    /// <summary>What a string token means.</summary>
    public string Text(ReadOnlySpan<byte> text) => JsonSpelling.Unescape(Of(text), Escaped);
}
