using System.Globalization;
using Krewe.Core.Mailboxes;

namespace Krewe.Storage.Embedded.Files;

/// <summary>Holds the data path for this process: a locked file, and beside it one that says who.</summary>
internal sealed class PathLock : IDisposable
{
    private readonly FileStream _lock;
    private readonly string _pidFile;

    private PathLock(FileStream @lock, string pidFile) => (_lock, _pidFile) = (@lock, pidFile);

    /// <exception cref="StoreStartException">Another process holds it, or the folder cannot be written.</exception>
    public static PathLock Take(string path)
    {
        var pidFile = Path.Combine(path, "krewe.pid");
        try
        {
            CreatePrivateDirectory(path);
            // The lock is the operating system's: it ends with the process, however that ends. The lock file can't be read by others
            // while it is held, hence the second file.
            var @lock = new FileStream(Path.Combine(path, "krewe.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            try
            {
                File.WriteAllText(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            }
            catch (IOException)
            {
                // A full disk: the name of the holder is a courtesy, the lock is not.
            }
            return new PathLock(@lock, pidFile);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StoreStartException($"The data path {path} cannot be written by this user: {e.Message}", e);
        }
        catch (IOException e) when (File.Exists(pidFile))
        {
            throw InUse(path, HolderIn(pidFile), e);
        }
        catch (IOException e)
        {
            throw new StoreStartException($"The data path {path} cannot be used: {e.Message}", e);
        }
    }

    public static StoreStartException InUse(string path, string holder, Exception inner) => new(
        $"The data path {path} is in use by process {holder}. Stop that process, or start this one with another Krewe:Storage:Path.", inner);

    public void Dispose()
    {
        try
        {
            File.Delete(_pidFile);
        }
        catch (IOException)
        {
            // The lock counts, and it is released next.
        }
        _lock.Dispose();
    }

    private static void CreatePrivateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else if (!Directory.Exists(path))
        {
            // Messages and the cluster's secret are nobody else's business.
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static string HolderIn(string pidFile)
    {
        try
        {
            var holder = File.ReadAllText(pidFile).Trim();
            return int.TryParse(holder, CultureInfo.InvariantCulture, out _) ? holder : "(unknown)";
        }
        catch (IOException)
        {
            return "(unknown)";
        }
    }
}
