using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;

namespace Krewe.Gateway.Web;

/// <summary>A file of the pages, embedded in the assembly.</summary>
/// <param name="Name">Its path, with forward slashes.</param>
/// <param name="ETag">A strong entity tag: a digest of the content.</param>
public sealed record WebAsset(string Name, string ContentType, string ETag, ReadOnlyMemory<byte> Content)
{
    private const string Prefix = "web/";

    private static readonly FrozenDictionary<string, string> ContentTypes = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    }.ToFrozenDictionary();

    /// <summary>The files that an assembly has embedded under <c>web/</c>.</summary>
    public static IReadOnlyList<WebAsset> LoadAll(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return [.. assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(resource => Read(assembly, resource))];
    }

    private static WebAsset Read(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        // MSBuild writes the folders with the building machine's separator.
        var name = resource[Prefix.Length..].Replace('\\', '/');
        var etag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\"";
        return new(name, ContentTypes[Path.GetExtension(name)], etag, content);
    }
}
