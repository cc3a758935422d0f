using System.Text;
using Krewe.Storage.Embedded.Database;

namespace Krewe.Storage.Embedded.Grains;

/// <summary>A row of grain state: 16 bytes ETag, then what the serializer made.</summary>
internal static class GrainRow
{
    // 64 random bits as text. Not a counter: a state that was cleared and written again must not repeat an ETag.
    private const int ETagBytes = 16;

    public static string NewETag() => Guid.NewGuid().ToString("N")[..ETagBytes];

    public static byte[] Seal(byte[] key, string etag, byte[] payload)
    {
        var value = new byte[ETagBytes + payload.Length];
        Encoding.ASCII.GetBytes(etag, value);
        payload.CopyTo(value, ETagBytes);
        return SealedValue.Seal(key, value);
    }

    public static bool TryOpen(byte[] key, byte[] row, out string etag, out ReadOnlySpan<byte> payload)
    {
        etag = "";
        payload = default;
        if (!SealedValue.TryOpen(key, row, out ReadOnlySpan<byte> value) || value.Length < ETagBytes)
        {
            return false;
        }
        etag = Encoding.ASCII.GetString(value[..ETagBytes]);
        payload = value[ETagBytes..];
        return true;
    }
}
