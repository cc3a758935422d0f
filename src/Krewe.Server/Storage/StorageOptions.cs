namespace Krewe.Server.Storage;

/// <summary>Where messages are kept, <c>Krewe:Storage</c>.</summary>
internal sealed class StorageOptions
{
    /// <summary>What keeps the mailboxes: `embedded`, a store in this process, or `postgres`, a database that the silos of a cluster share. Default: `embedded`.</summary>
    public StorageProvider Provider { get; set; } = StorageProvider.Embedded;
}

internal enum StorageProvider
{
    /// <summary>RocksDB in a folder of this machine.</summary>
    Embedded,
    /// <summary>PostgreSQL, or what speaks its language.</summary>
    Postgres,
}
