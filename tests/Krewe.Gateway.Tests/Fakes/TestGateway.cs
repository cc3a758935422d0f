using System.Net;
using System.Security.Cryptography;
using Krewe.Core.Accounts;
using Krewe.Core.Addresses;
using Krewe.Core.Gateways;
using Krewe.Core.Limits;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Sessions;
using Krewe.Gateway.Transports.Tcp;
using Krewe.Gateway.Xmpp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Gateway.Tests.Fakes;

/// <summary>A real gateway on a real Kestrel, with users' grains in memory.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestGateway(WebApplication app, FakeCluster cluster, ListenOptions http, ListenOptions xmpp) =>
        (_app, Cluster, Address, Xmpp) = (app, cluster, new Uri($"http://{http.IPEndPoint}"), xmpp.IPEndPoint!);

    public FakeCluster Cluster { get; }

    public Uri Address { get; }

    /// <summary>Where XMPP clients connect.</summary>
    public IPEndPoint Xmpp { get; }

    public IServiceProvider Services => _app.Services;

    public SessionRegistry Registry => Services.GetRequiredService<SessionRegistry>();

    public static async Task<TestGateway> StartAsync(
        TimeProvider? time = null, Action<LimitOptions>? limits = null, Action<HttpOptions>? http = null, HttpProtocols protocols = HttpProtocols.Http1, Action<XmppOptions>? xmpp = null)
    {
        var cluster = new FakeCluster();
        var builder = WebApplication.CreateEmptyBuilder(new());
        ListenOptions web = null!, streams = null!;
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => (web = listen).Protocols = protocols);
            kestrel.Listen(IPAddress.Loopback, 0, listen => (streams = listen).RunKreweXmpp(kestrel.ApplicationServices, encrypted: false));
        });
        builder.Services.AddSingleton<IServerCertificate>(new TestCertificate());
        builder.Services.AddSingleton<IGrainFactory>(cluster);
        builder.Services.AddSingleton<IClusterSecret>(new Secret());
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddSingleton(new LocalGateway(SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 22222), 1)));
        builder.Services.AddKreweGateway();
        builder.Services.Configure(limits ?? (_ => { }));
        builder.Services.Configure(http ?? (_ => { }));
        builder.Services.Configure(xmpp ?? (_ => { }));
        var app = builder.Build();
        app.UseKreweGateway();
        app.UseRouting();
        app.MapKreweGateway();
        cluster.Inbox = app.Services.GetRequiredService<IGatewayInbox>();
        await app.StartAsync();
        return new TestGateway(app, cluster, web, streams);
    }

    /// <summary>A token for a user's device, and what the server knows of it.</summary>
    public (string Token, TokenInfo Info) SignIn(string name, string device = "phone") =>
        Services.GetRequiredService<TokenService>().Issue(Jid.FromCanonical($"{name}@localhost"), device);

    public HttpClient Client(string? token = null)
    {
        var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    /// <summary>SIGTERM.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private sealed class Secret : IClusterSecret
    {
        public ReadOnlyMemory<byte> Key { get; } = RandomNumberGenerator.GetBytes(32);
    }
}
