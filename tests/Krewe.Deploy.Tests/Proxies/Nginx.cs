using System.Diagnostics;
using Krewe.Deploy.Tests.Local;

namespace Krewe.Deploy.Tests.Proxies;

/// <summary>nginx with deploy/nginx/krewe.conf over a cluster's gateways; addresses and the log's place are the only changes.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("krewe-nginx-");
    private readonly LocalCluster _cluster;
    private Process? _process;

    private Nginx(LocalCluster cluster) => _cluster = cluster;

    // The last of the cluster's ports, which it leaves free.
    public Uri Address => new($"http://127.0.0.1:{_cluster.Port + 19}/");

    public static async Task<Nginx> StartAsync(LocalCluster cluster)
    {
        var nginx = new Nginx(cluster);
        var configuration = await nginx.WriteAsync();
        (await Tool.RunAsync("nginx", ["-t", "-q", "-c", configuration])).Good();
        nginx._process = Process.Start(new ProcessStartInfo("nginx", ["-c", configuration, "-g", "daemon off;"])
        {
            Environment = { ["PATH"] = Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin" }, WorkingDirectory = nginx._folder.FullName,
        })!;
        using var http = new HttpClient();
        var patience = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(nginx.Address);
                return nginx;
            }
            catch (HttpRequestException) when (patience.Elapsed < TimeSpan.FromSeconds(30) && !nginx._process.HasExited)
            {
                await Task.Yield();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            (await Tool.RunAsync("kill", ["-QUIT", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])).Good();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        _process?.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<string> WriteAsync()
    {
        string At(string name) => Path.Combine(_folder.FullName, name);
        var shipped = await File.ReadAllTextAsync(Tool.File("deploy", "nginx", "krewe.conf"));
        foreach (var (from, to) in new[]
        {
            ("server 127.0.0.1:8091", $"server {_cluster.Gateway(1).Authority}"), ("server 127.0.0.1:8092", $"server {_cluster.Gateway(2).Authority}"),
            ("listen 127.0.0.1:8080", $"listen {Address.Authority}"), ("/var/log/nginx/", _folder.FullName + "/"),
        })
        {
            Assert.Contains(from, shipped, StringComparison.Ordinal);
            shipped = shipped.Replace(from, to, StringComparison.Ordinal);
        }
        await File.WriteAllTextAsync(At("krewe.conf"), shipped);
        string[] scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        await File.WriteAllTextAsync(At("nginx.conf"), $$"""
            pid {{At("pid")}};
            error_log {{At("error.log")}};
            worker_processes 1;
            events { worker_connections 512; }
            http {
                {{string.Join('\n', scratch.Select(name => $"{name}_temp_path {At(name)};"))}}
                include {{At("krewe.conf")}};
            }
            """);
        return At("nginx.conf");
    }
}
