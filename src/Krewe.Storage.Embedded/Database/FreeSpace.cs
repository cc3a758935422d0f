namespace Krewe.Storage.Embedded.Database;

/// <summary>Room on the disk of the data path.</summary>
internal sealed class FreeSpace(long minimum, Func<long> available)
{
    public static FreeSpace Of(string path, long minimum)
    {
        var drive = new DriveInfo(path);
        return new FreeSpace(minimum, () => drive.AvailableFreeSpace);
    }

    public long Available()
    {
        try
        {
            return available();
        }
        catch (IOException)
        {
            // A disk that cannot say so much is found out by the write itself.
            return long.MaxValue;
        }
    }

    /// <summary>Null, or why writes are refused before the disk itself would.</summary>
    public string? Shortage() => minimum > 0 && Available() is var free && free < minimum
        ? $"The disk of the data path is full: {free >> 20} MB are free, Krewe:Storage:MinFreeMegabytes keeps {minimum >> 20}."
        : null;
}
