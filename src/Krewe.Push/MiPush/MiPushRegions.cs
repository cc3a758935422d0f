namespace Krewe.Push.MiPush;

/// <summary>The hosts of Mi Push by the region of a device, as the client library reports it.</summary>
internal sealed class MiPushRegions : IDisposable
{
    private static readonly Dictionary<string, string> Hosts = new(StringComparer.OrdinalIgnoreCase)
    {
        ["russia"] = "ru-api.xmpush.global.xiaomi.com",
        ["india"] = "idmb-api.xmpush.global.xiaomi.com",
        ["europe"] = "fr-api.xmpush.global.xiaomi.com",
        ["global"] = "sgp-api.xmpush.global.xiaomi.com",
    };

    private readonly HttpClient _standard;
    private readonly Dictionary<string, HttpClient> _regions = new(StringComparer.OrdinalIgnoreCase);

    public MiPushRegions(Uri baseAddress)
    {
        _standard = PushHttp.CreateClient(baseAddress);
        if (baseAddress.Scheme != Uri.UriSchemeHttps) return;
        foreach (var (region, host) in Hosts) _regions[region] = PushHttp.CreateClient(new UriBuilder(Uri.UriSchemeHttps, host).Uri);
    }

    /// <param name="region">The registration's <c>environment</c>; null or unknown: the standard address.</param>
    public HttpClient For(string? region) => region is not null && _regions.TryGetValue(region, out var http) ? http : _standard;

    public void Dispose()
    {
        _standard.Dispose();
        foreach (var http in _regions.Values) http.Dispose();
    }
}
