using System.ComponentModel.DataAnnotations;
using Krewe.Core.Mailboxes;

namespace Krewe.Storage.Postgres;

/// <summary>The database of a cluster, <c>Krewe:Storage</c>.</summary>
public sealed class PostgresStorageOptions
{
    /// <summary>Where the database is and how to sign in, for example `Host=db;Database=krewe;Username=krewe;Password=…`. The same for all silos. Default: none; required with `postgres`.</summary>
    [DataType(DataType.Password)] public string? ConnectionString { get; set; }

    /// <summary>Connections of one silo to the database at most, besides a few for the cluster's membership. Default: 24.</summary>
    [Range(4, 1_000)] public int MaxConnections { get; set; } = 24;

    /// <summary>Commits of one silo that may be under way at the same time; a mailbox is always written by the same one. Default: 2.</summary>
    [Range(1, 64)] public int Writers { get; set; } = 2;

    /// <summary>Writes that may wait for the disk before their callers do. Default: 50 000.</summary>
    [Range(1, 10_000_000)] public int QueueLength { get; set; } = 50_000;

    [Required] public RetentionOptions Retention { get; set; } = new();
}
