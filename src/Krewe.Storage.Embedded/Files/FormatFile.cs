using System.Globalization;
using System.Text;
using Krewe.Core.Mailboxes;

namespace Krewe.Storage.Embedded.Files;

/// <summary>The file <c>format</c>: which form the data under the path has.</summary>
internal static class FormatFile
{
    /// <summary>The form that this program writes. Raise it when an older program could not read, or would spoil, what this one writes.</summary>
    public const int Current = 1;

    private const string Word = "krewe";

    /// <summary>Makes it in a new path; refuses a path of a newer program or of something else.</summary>
    /// <exception cref="StoreStartException">The data is newer than this program, or not Krewe's.</exception>
    public static void Check(string path)
    {
        var file = Path.Combine(path, "format");
        try
        {
            if (File.Exists(file))
            {
                CheckText(path, File.ReadAllText(file));
            }
            else if (Directory.Exists(Path.Combine(path, "db")))
            {
                throw new StoreStartException(
                    $"The data path {path} has a database but no file \"format\" beside it. Restore the whole folder from a backup, or start with another Krewe:Storage:Path.");
            }
            else
            {
                SafeFile.Write(file, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Word} {Current}\n")));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreStartException($"The data path {path} cannot be used: {e.Message}", e);
        }
    }

    private static void CheckText(string path, string text)
    {
        var parts = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (parts is not [Word, var number] || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var format) || format < 1)
        {
            throw new StoreStartException($"The file {Path.Combine(path, "format")} is damaged. Restore the folder from a backup, or start with another Krewe:Storage:Path.");
        }
        if (format > Current)
        {
            throw new StoreStartException(
                $"The data under {path} was written by a newer Krewe (format {format}; this one knows up to {Current}). Start the newer version, or restore a backup made before the upgrade.");
        }
    }
}
