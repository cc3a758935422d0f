namespace Krewe.Storage.Embedded.Database;

internal sealed partial class DatabaseHost
{
    [LoggerMessage(1, LogLevel.Error, "The disk refused a write; all writes are refused until the store was opened anew: {Reason}")]
    private partial void LogWriteFailed(string reason);

    [LoggerMessage(2, LogLevel.Information, "The store was opened anew and takes writes again.")]
    private partial void LogRecovered();

    [LoggerMessage(3, LogLevel.Error, "The store cannot be opened anew yet: {Reason}")]
    private partial void LogNotRecovered(string reason);

    [LoggerMessage(4, LogLevel.Error, "The store cannot be read either: {Reason}")]
    private partial void LogNoReads(string reason);

    [LoggerMessage(5, LogLevel.Error, "A flipped bit in {Place} was found by its checksum and turned back; nothing is lost. Check the disk.")]
    private partial void LogBitCorrected(string place);
}
