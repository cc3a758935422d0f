using System.Security.Cryptography;
using System.Text.Json;

namespace Krewe.TestKit.Push;

/// <summary>A Google service account with a key of its own, known to one <see cref="FakeFcm"/>.</summary>
public sealed class ServiceAccount
{
    private readonly Uri _tokenUri;

    internal ServiceAccount(string project, Uri tokenUri)
    {
        _tokenUri = tokenUri;
        ProjectId = project;
        KeyId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        ClientEmail = $"sender-{KeyId[..6]}@{project}.iam.gserviceaccount.com";
    }

    /// <summary>The Firebase project that it may send for.</summary>
    public string ProjectId { get; }

    /// <summary>Its name.</summary>
    public string ClientEmail { get; }

    /// <summary>The key's id.</summary>
    public string KeyId { get; }

    internal RSA Key { get; } = RSA.Create(2048);

    /// <summary>The credentials file that Google would give out, with the fake's token endpoint as <c>token_uri</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(new Dictionary<string, string>
    {
        ["type"] = "service_account",
        ["project_id"] = ProjectId,
        ["private_key_id"] = KeyId,
        ["private_key"] = Key.ExportPkcs8PrivateKeyPem() + "\n",
        ["client_email"] = ClientEmail,
        ["client_id"] = "100000000000000000001",
        ["auth_uri"] = "https://accounts.google.com/o/oauth2/auth",
        ["token_uri"] = _tokenUri.AbsoluteUri,
        ["universe_domain"] = "googleapis.com",
    });

    /// <summary>Writes <see cref="ToJson"/> to a file.</summary>
    public Task WriteAsync(string path) => File.WriteAllTextAsync(path, ToJson());
}
