namespace Krewe.Protocols.Json;

/// <summary>What a JSON value is (RFC 8259, section 3).</summary>
internal enum JsonKind
{
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}
