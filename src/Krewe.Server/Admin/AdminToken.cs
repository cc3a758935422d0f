using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Krewe.Server.Lifetime;
using Krewe.Server.Options;

namespace Krewe.Server.Admin;

/// <summary>The operator's secret: configured, or made at first start and kept with the data.</summary>
internal sealed class AdminToken(ServerSettings settings) : IHostedService
{
    public const string FileName = "admin-token";

    private byte[] _hash = [];

    /// <summary>Where an operator finds it.</summary>
    public string Origin { get; private set; } = "";

    /// <summary>Compares in a time that tells nothing about how much was right.</summary>
    public bool Matches(string? candidate) =>
        candidate is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(candidate)), _hash);

    /// <summary>A key for a purpose, which nobody without the token can make.</summary>
    public byte[] Derive(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _hash, 32, info: Encoding.UTF8.GetBytes(purpose));

    // After the store took its lock on the folder: two first starts cannot make two tokens.
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var token = settings.Admin.Token;
        Origin = "Krewe:Admin:Token";
        if (string.IsNullOrEmpty(token))
        {
            Origin = Path.Combine(settings.DataPath, FileName);
            token = File.Exists(Origin) ? (await File.ReadAllTextAsync(Origin, cancellationToken)).Trim() : await MakeAsync(Origin, cancellationToken);
            if (token.Length < 16)
                throw new StartRefusedException($"{Origin} holds no usable token; delete the file and a new one is made");
        }
        _hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static async Task<string> MakeAsync(string path, CancellationToken cancellationToken)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var temporary = path + ".new";
        // The embedded store has made the folder; with PostgreSQL nobody has.
        var folder = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using (var file = new FileStream(temporary, options))
        {
            await file.WriteAsync(Encoding.ASCII.GetBytes(token + "\n"), cancellationToken);
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
        return token;
    }
}
