namespace Krewe.Storage.Embedded.Files;

/// <summary>Small files that are there whole or not at all, readable by their owner alone.</summary>
internal static class SafeFile
{
    /// <summary>Writes beside, flushes, then renames: a crash leaves the old file or none, never half of the new one.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        // A left-over of a crash may have other rights: the mode holds only for a new file.
        File.Delete(temporary);
        using (var file = new FileStream(temporary, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
    }
}
