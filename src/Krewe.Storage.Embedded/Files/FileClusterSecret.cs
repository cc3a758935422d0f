using System.Security.Cryptography;
using Krewe.Core.Accounts;
using Krewe.Core.Mailboxes;

namespace Krewe.Storage.Embedded.Files;

/// <summary>The secret as the file <c>secret</c> under the data path, which must be locked by this process.</summary>
internal sealed class FileClusterSecret : IClusterSecret
{
    private const int Bytes = 32;

    private FileClusterSecret(byte[] key) => Key = key;

    public ReadOnlyMemory<byte> Key { get; }

    /// <exception cref="StoreStartException">The file is there and is not a secret, or it cannot be made.</exception>
    public static FileClusterSecret Load(string path)
    {
        var file = Path.Combine(path, "secret");
        try
        {
            if (!File.Exists(file))
            {
                SafeFile.Write(file, RandomNumberGenerator.GetBytes(Bytes));
            }
            var key = File.ReadAllBytes(file);
            return key.Length == Bytes
                ? new FileClusterSecret(key)
                : throw new StoreStartException(
                    $"The file {file} is damaged: it has {key.Length} bytes instead of {Bytes}. Restore it from a backup; or delete it, which signs everybody out.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreStartException($"The file {file} cannot be read or written: {e.Message}", e);
        }
    }
}
