using Krewe.Gateway;
using Krewe.Gateway.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Krewe.TestKit;

/// <summary>The HTTP listener of one silo: a web application beside it, whose endpoints live in the silo's services. Starts and stops with its silo.</summary>
internal sealed class TestGateway(IServiceProvider silo, KreweClusterOptions options) : IHostedService, IAsyncDisposable
{
    /// <summary>Where a silo without one listens.</summary>
    public static readonly Uri None = new("http://127.0.0.1:0");

    private WebApplication? _app;

    /// <summary>Where it listens, once it is started.</summary>
    public Uri Address { get; private set; } = None;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        options.ConfigureLogging?.Invoke(builder.Logging);
        builder.WebHost.UseUrls("http://127.0.0.1:0").UseSetting(WebHostDefaults.PreventHostingStartupKey, "true");
        // The gateway brings its own, which keeps tokens out of the logs; it has to be that of the application.
        builder.Services.Replace(ServiceDescriptor.Singleton<IHttpContextFactory, TokenHidingContextFactory>());
        _app = builder.Build();
        _app.UseKreweGateway(silo);
        _app.MapKreweGateway(silo);
        await _app.StartAsync(cancellationToken);
        Address = new Uri(_app.Urls.Single());
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Breaks all connections without a word, as a crash does.</summary>
    public Task AbortAsync() => StopAsync(new CancellationToken(canceled: true));

    public async ValueTask DisposeAsync()
    {
        if (_app is { } app) await app.DisposeAsync();
    }
}
