using System.Security.Cryptography;
using System.Text;

namespace Krewe.Core.Accounts;

/// <summary>The arithmetic of SCRAM (RFC 5802, RFC 7677), used by password logins and SASL alike.</summary>
public static class Scram
{
    /// <summary>RFC 7677, section 4 asks for at least 4096.</summary>
    public const int MinIterations = 4096;

    private const int SaltBytes = 16;
    private static readonly byte[] ClientKeyLabel = "Client Key"u8.ToArray();
    private static readonly byte[] ServerKeyLabel = "Server Key"u8.ToArray();

    /// <summary>Makes the verifiers of a password that is already an OpaqueString (RFC 8265).</summary>
    public static Credentials Derive(string password, int iterations) => new(
        Derive(password, RandomNumberGenerator.GetBytes(SaltBytes), iterations, HashAlgorithmName.SHA256),
        Derive(password, RandomNumberGenerator.GetBytes(SaltBytes), iterations, HashAlgorithmName.SHA1));

    public static ScramVerifier Derive(string password, byte[] salt, int iterations, HashAlgorithmName hash)
    {
        var length = hash == HashAlgorithmName.SHA256 ? 32 : 20;
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, hash, length);
        return new ScramVerifier
        {
            Salt = salt,
            Iterations = iterations,
            StoredKey = CryptographicOperations.HashData(hash, CryptographicOperations.HmacData(hash, salted, ClientKeyLabel)),
            ServerKey = CryptographicOperations.HmacData(hash, salted, ServerKeyLabel),
        };
    }

    /// <summary>Compares a password with its verifier; takes the same time whatever the outcome.</summary>
    public static bool Verify(string password, ScramVerifier verifier) => CryptographicOperations.FixedTimeEquals(
        Derive(password, verifier.Salt, verifier.Iterations, HashAlgorithmName.SHA256).StoredKey, verifier.StoredKey);

    /// <summary>Verifiers for a user that does not exist: the same at every attempt, so that nobody can tell, and fitting no password.</summary>
    /// <param name="secret">A secret of the cluster.</param>
    public static Credentials Pretend(ReadOnlySpan<byte> secret, string user, int iterations)
    {
        ScramVerifier One(string label, int length)
        {
            return new ScramVerifier
            {
                Salt = Mac(label + "salt")[..SaltBytes],
                Iterations = iterations,
                StoredKey = Mac(label + "stored")[..length],
                ServerKey = Mac(label + "server")[..length],
            };
        }
        var key = secret.ToArray();
        byte[] Mac(string label) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(label + "\0" + user));
        return new Credentials(One("sha-256 ", 32), One("sha-1 ", 20));
    }
}
