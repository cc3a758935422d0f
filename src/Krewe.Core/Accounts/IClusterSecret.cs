namespace Krewe.Core.Accounts;

/// <summary>The cluster's one secret, made at first start and kept with the data: signs tokens, seeds pretended salts.</summary>
public interface IClusterSecret
{
    /// <summary>32 random bytes, the same on every silo and after every restart.</summary>
    ReadOnlyMemory<byte> Key { get; }
}
