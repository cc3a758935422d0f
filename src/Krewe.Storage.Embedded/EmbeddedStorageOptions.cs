using System.ComponentModel.DataAnnotations;
using Krewe.Core.Mailboxes;

namespace Krewe.Storage.Embedded;

/// <summary>Where and how a single silo keeps its data, <c>Krewe:Storage</c>.</summary>
public sealed class EmbeddedStorageOptions
{
    /// <summary>The folder of all data; made if it is missing, used by one process at a time. Default: ./data.</summary>
    [Required] public string Path { get; set; } = "./data";

    /// <summary>Megabytes of memory for data read from disk. Default: 64.</summary>
    [Range(8, 65_536)] public int CacheMegabytes { get; set; } = 64;

    /// <summary>Megabytes that must stay free on the disk; with less, writes are refused and reads go on. Default: 64.</summary>
    [Range(0, 1_048_576)] public int MinFreeMegabytes { get; set; } = 64;

    /// <summary>Writes that may wait for the disk before their callers do. Default: 50 000.</summary>
    [Range(1, 10_000_000)] public int QueueLength { get; set; } = 50_000;

    /// <summary>Mailboxes whose newest number is kept in memory, about 200 bytes each. Default: 100 000.</summary>
    [Range(16, 100_000_000)] public int KnownMailboxes { get; set; } = 100_000;

    /// <summary>Opens a store whose write-ahead log is damaged, without the records that cannot be read. What they held is lost; the messages
    /// in them read as damaged. Default: false, and the start is refused with a message that says so.</summary>
    public bool SkipDamagedLog { get; set; }

    [Required] public RetentionOptions Retention { get; set; } = new();
}
