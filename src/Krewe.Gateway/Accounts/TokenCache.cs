using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Krewe.Gateway.Accounts;

/// <summary>Remembers tokens whose signature was checked, so that a request costs a hash and not a verification.
/// Whether a token was signed out is asked of the user's grain each time; this knows only that it is genuine.</summary>
internal sealed class TokenCache(TimeProvider time)
{
    /// <summary>Tokens in one generation; there are two.</summary>
    internal const int Generation = 8192;

    // An issuer may withdraw a key: its tokens are checked again after a while.
    private static readonly TimeSpan ExternalTrust = TimeSpan.FromMinutes(5);

    private readonly Lock _turning = new();
    private ConcurrentDictionary<Key, Entry> _young = new();
    private ConcurrentDictionary<Key, Entry> _old = new();

    private sealed record Entry(Caller Caller, DateTimeOffset Until);

    /// <summary>The hash: the cache holds no token that could be stolen from it.</summary>
    internal readonly record struct Key(UInt128 High, UInt128 Low)
    {
        public static Key Of(string token)
        {
            Span<byte> hash = stackalloc byte[32];
            SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
            return new(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash), System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));
        }
    }

    /// <summary>The caller, if the token was checked lately and is not expired.</summary>
    public Caller? Find(in Key key)
    {
        if (!_young.TryGetValue(key, out var entry))
        {
            if (!_old.TryGetValue(key, out entry)) return null;
            Add(key, entry);
        }
        return entry.Until > time.GetUtcNow() ? entry.Caller : null;
    }

    public void Add(in Key key, Caller caller)
    {
        var until = caller.Token.ExpiresAt;
        if (caller.Token.External && time.GetUtcNow() + ExternalTrust is var sooner && sooner < until) until = sooner;
        Add(key, new Entry(caller, until));
    }

    private void Add(in Key key, Entry entry)
    {
        _young[key] = entry;
        if (_young.Count <= Generation) return;
        lock (_turning)
        {
            // What was not used for a whole generation goes: a bounded cache in the spirit of least-recently-used, without a lock on the hot path.
            if (_young.Count <= Generation) return;
            _old = _young;
            _young = new();
        }
    }
}
