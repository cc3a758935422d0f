using System.Security.Cryptography;
using System.Text.Json;

namespace Krewe.Push;

/// <summary>Looks at the files that an operator names, so that the start tells what is wrong with them. Never quotes what is in them.</summary>
internal static class CredentialFiles
{
    private const int P256Bits = 256;

    /// <returns>Null if it is a service account's file.</returns>
    public static string? CheckServiceAccount(string file)
    {
        if (Read(file, out var trouble) is not { } text) return trouble;
        try
        {
            using var document = JsonDocument.Parse(text);
            if (Text(document.RootElement, "type") is not "service_account") return $"{file} is not a service account's file (its \"type\" is not \"service_account\")";
            foreach (var member in (ReadOnlySpan<string>)["client_email", "private_key", "token_uri"])
            {
                if (string.IsNullOrEmpty(Text(document.RootElement, member))) return $"{file} has no \"{member}\"";
            }
            using var key = RSA.Create();
            key.ImportFromPem(Text(document.RootElement, "private_key"));
            key.SignData([], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return null;
        }
        catch (JsonException)
        {
            return $"{file} is not JSON";
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            return $"the \"private_key\" in {file} is not an RSA key in PEM form";
        }
    }

    /// <returns>Null if it is a P-256 key.</returns>
    public static string? CheckEcKey(string file)
    {
        if (Read(file, out var trouble) is not { } text) return trouble;
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(text);
            // A public key alone would be found out only at the first push.
            key.SignData([], HashAlgorithmName.SHA256);
            return key.KeySize == P256Bits ? null : $"{file} is a key of {key.KeySize} bits, and Apple's have {P256Bits}";
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            return $"{file} is not a private key in PEM form (the .p8 file from Apple)";
        }
    }

    private static string? Read(string file, out string? trouble)
    {
        try
        {
            trouble = null;
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            trouble = error switch
            {
                FileNotFoundException or DirectoryNotFoundException => $"{file} does not exist",
                UnauthorizedAccessException => $"{file} may not be read by this user, or is a folder",
                _ => $"{file} cannot be read ({error.GetType().Name})",
            };
            return null;
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
