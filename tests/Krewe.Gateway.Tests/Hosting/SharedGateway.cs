namespace Krewe.Gateway.Tests.Hosting;

/// <summary>One gateway for all tests that only add users to it.</summary>
public sealed class SharedGateway : IAsyncLifetime
{
    private GatewayHost? _host;

    public GatewayHost Host => _host!;

    public HttpClient Http { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await GatewayHost.StartAsync();
        Http = _host.NewClient();
    }

    public Task<Person> JoinAsync(string name, string device = "phone") => Person.JoinAsync(Http, name, device);

    public Person Stranger() => new(Http, "stranger");

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class SharedGatewayGroup : ICollectionFixture<SharedGateway>
{
    public const string Name = "One gateway";
}
