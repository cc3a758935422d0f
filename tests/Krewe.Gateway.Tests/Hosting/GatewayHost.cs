using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Krewe.Core;
using Krewe.Core.Accounts;
using Krewe.Gateway.Accounts;
using Krewe.Grains;
using Krewe.Storage.Embedded;
using Krewe.Streams;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Krewe.Gateway.Tests.Hosting;

/// <summary>The whole gateway over real grains and a real store, on a free port of this machine.</summary>
public sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _path;

    private GatewayHost(WebApplication app, string path, LogLines log) => (_app, _path, Log) = (app, path, log);

    public IServiceProvider Services => _app.Services;

    /// <summary>What was logged.</summary>
    public LogLines Log { get; }

    public Uri Address => new(_app.Urls.First());

    public static async Task<GatewayHost> StartAsync(Action<WebApplicationBuilder>? configure = null, Action<WebApplication>? map = null)
    {
        var path = Directory.CreateTempSubdirectory("krewe-gateway-").FullName;
        var log = new LogLines();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddKreweEmbeddedStorage(options => options.Path = path);
        builder.Services.Configure<ScramOptions>(options => options.Iterations = Scram.MinIterations);
        builder.Services.Configure<AccountOptions>(options => options.Registration = RegistrationPolicy.Open);
        builder.Host.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort(), FreePort(), serviceId: Path.GetFileName(path), clusterId: Path.GetFileName(path));
            silo.Configure<EndpointOptions>(options => options.AdvertisedIPAddress = IPAddress.Loopback);
            silo.AddKreweGatewayStreams().AddKreweGrains();
        });
        builder.Services.AddKreweGateway();
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseKreweGateway();
        app.MapKreweGateway();
        map?.Invoke(app);
        await app.StartAsync();
        return new(app, path, log);
    }

    public HttpClient NewClient() => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_path, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>Keeps everything that is logged, for the tests to look through.</summary>
public sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Category, string Text)> _lines = new();

    public IReadOnlyCollection<(LogLevel Level, string Category, string Text)> All => _lines;

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(LogLines owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            owner._lines.Enqueue((logLevel, category, formatter(state, exception) + exception));
    }
}
