using System.Net;
using Krewe.Core;
using Krewe.Core.Addresses;
using Krewe.Core.Silos;
using Krewe.Gateway;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Xmpp;
using Krewe.Server.Admin;
using Krewe.Server.Clustering;
using Krewe.Server.Lifetime;
using Krewe.Server.Listening;
using Krewe.Server.Storage;
using Krewe.Storage.Embedded;
using Krewe.Storage.Postgres;

namespace Krewe.Server.Options;

/// <summary>The checked configuration, as far as the server itself needs it before there are services.</summary>
internal sealed record ServerSettings
{
    public required DomainOptions Domain { get; init; }
    public required LocalRoles Roles { get; init; }
    public required TlsOptions Tls { get; init; }
    public required StorageOptions Storage { get; init; }
    public required SiloOptions Silo { get; init; }
    public required AdminOptions Admin { get; init; }
    public required IPEndPoint? Http { get; init; }
    public required IPEndPoint? Https { get; init; }
    public required IPEndPoint? Xmpp { get; init; }
    public required IPEndPoint? XmppTls { get; init; }
    public required IPEndPoint AdminEndpoint { get; init; }
    public required string DataPath { get; init; }

    /// <summary>Something needs a certificate, or can make use of one: on a loopback listener of XMPP it may be self-signed.</summary>
    public bool UsesTls => Https is not null || XmppTls is not null || (Xmpp is not null && (Tls.Certificate is not null || IPAddress.IsLoopback(Xmpp.Address)));

    /// <summary>Nobody but this machine's users can connect.</summary>
    public bool AllOnLoopback => new[] { Http, Https, Xmpp, XmppTls }.All(endpoint => endpoint is null || IPAddress.IsLoopback(endpoint.Address));
}

internal static class ServerSettingsExtensions
{
    /// <summary>Reads and checks everything under <c>Krewe</c>, and registers the options classes for the parts.</summary>
    public static ServerSettings AddSettings(this WebApplicationBuilder builder, CommandLine line)
    {
        var configuration = builder.Configuration;
        var errors = new List<string>(line.Errors);
        // What is wrong with one key must not hide what is wrong with another: all checks go on with what can be used.
        var settings = Read(OptionsCheck.Run(configuration, errors), errors);
        if (errors.Count > 0)
            throw StartRefusedException.Configuration(errors);
        foreach (var section in OptionsTable.Sections)
            section.Register(builder.Services, configuration);
        builder.Services.PostConfigure<AccountOptions>(accounts => accounts.Registration ??=
            settings.AllOnLoopback && string.IsNullOrEmpty(accounts.Oidc.Issuer) ? RegistrationPolicy.Open : RegistrationPolicy.Closed);
        return settings;
    }

    private static ServerSettings Read(IConfiguration configuration, List<string> errors)
    {
        var listen = Options<HttpOptions>(configuration);
        var roles = new LocalRoles(Roles(Options<RoleOptions>(configuration).Roles, Options<StorageOptions>(configuration).Provider, errors));
        var xmpp = Options<XmppOptions>(configuration);
        var settings = new ServerSettings
        {
            Domain = Options<DomainOptions>(configuration),
            Roles = roles,
            Tls = Options<TlsOptions>(configuration),
            Storage = Options<StorageOptions>(configuration),
            Silo = Options<SiloOptions>(configuration),
            Admin = Options<AdminOptions>(configuration),
            // One file may serve all silos: what is for clients is checked everywhere, and opened by gateways.
            Http = Endpoint("Krewe:Http:Listen", listen.Listen, errors) is { } http && roles.IsGateway ? http : null,
            Https = Endpoint("Krewe:Http:TlsListen", listen.TlsListen, errors) is { } https && roles.IsGateway ? https : null,
            Xmpp = Endpoint("Krewe:Xmpp:Listen", xmpp.Listen, errors) is { } streams && roles.IsGateway ? streams : null,
            XmppTls = Endpoint("Krewe:Xmpp:TlsListen", xmpp.TlsListen, errors) is { } encrypted && roles.IsGateway ? encrypted : null,
            AdminEndpoint = Endpoint("Krewe:Admin:Listen", Options<AdminOptions>(configuration).Listen, errors) ?? new IPEndPoint(IPAddress.Loopback, 0),
            DataPath = Folder("Krewe:Storage:Path", Options<EmbeddedStorageOptions>(configuration).Path, errors),
        };
        if (roles.IsGateway && string.IsNullOrEmpty(listen.Listen) && string.IsNullOrEmpty(listen.TlsListen))
            errors.Add("Krewe:Http:Listen: empty, and so is Krewe:Http:TlsListen: nobody could connect");
        if (settings.Http is { Port: > 0 } clients && clients.Equals(settings.Https))
            errors.Add("Krewe:Http:TlsListen: the same address and port as Krewe:Http:Listen");
        if (settings.AdminEndpoint.Port > 0 && (settings.AdminEndpoint.Equals(settings.Http) || settings.AdminEndpoint.Equals(settings.Https)))
            errors.Add("Krewe:Admin:Listen: the same address and port as a listener for clients");
        var postgres = settings.Storage.Provider == StorageProvider.Postgres;
        if (postgres == string.IsNullOrWhiteSpace(Options<PostgresStorageOptions>(configuration).ConnectionString))
            errors.Add(postgres ? "Krewe:Storage:ConnectionString: must not be empty with Krewe:Storage:Provider=postgres"
                : "Krewe:Storage:ConnectionString: nothing uses it, as Krewe:Storage:Provider is not postgres");
        if (!Jid.TryParse(settings.Domain.Domain, out var domain, out var trouble) || domain.ToString() != settings.Domain.Domain)
            errors.Add($"Krewe:Domain: '{settings.Domain.Domain}' is not a domain in lower case{(trouble is null ? "" : ": " + trouble)}");
        if (!string.IsNullOrEmpty(settings.Silo.SiloListen))
            errors.AddRange(ListenAddress.Parse(settings.Silo.SiloListen) is not { } silo ? [$"Krewe:Cluster:SiloListen: '{settings.Silo.SiloListen}' {ListenAddress.Form}"]
                : string.IsNullOrEmpty(settings.Silo.AdvertisedAddress) && (silo.Address.Equals(IPAddress.Any) || silo.Address.Equals(IPAddress.IPv6Any))
                    ? ["Krewe:Cluster:AdvertisedAddress: must be set, as Krewe:Cluster:SiloListen is every address of the machine and other silos need one"] : []);
        if (!string.IsNullOrEmpty(settings.Silo.AdvertisedAddress) && !IPAddress.TryParse(settings.Silo.AdvertisedAddress, out _))
            errors.Add($"Krewe:Cluster:AdvertisedAddress: '{settings.Silo.AdvertisedAddress}' is not an IP address");
        if (settings.Silo.Kubernetes)
            errors.AddRange(Clustering.Kubernetes.Missing(settings.Storage.Provider));
        if (!roles.IsGateway)
            return settings;
        (string, IPEndPoint?)[] xmppListeners = [("Krewe:Xmpp:Listen", settings.Xmpp), ("Krewe:Xmpp:TlsListen", settings.XmppTls)];
        foreach (var (key, endpoint) in xmppListeners)
        {
            if (endpoint is { Port: > 0 } && new[] { settings.Http, settings.Https, settings.AdminEndpoint }.Any(endpoint.Equals))
                errors.Add($"{key}: the same address and port as another listener");
        }
        if (settings.Xmpp is { Port: > 0 } && settings.Xmpp.Equals(settings.XmppTls))
            errors.Add("Krewe:Xmpp:TlsListen: the same address and port as Krewe:Xmpp:Listen");
        (string, IPEndPoint?)[] needCertificate = [("Krewe:Http:TlsListen", settings.Https), .. xmppListeners];
        if (needCertificate.Any(listener => listener.Item2 is not null))
            errors.AddRange(CertificateSource.Check(settings.Tls, needCertificate));
        else if (settings.Tls.Certificate is not null || settings.Tls.Key is not null)
            errors.Add("Krewe:Tls:Certificate: nothing uses it, as neither Krewe:Http:TlsListen nor Krewe:Xmpp:Listen is set");
        return settings;
    }

    private static SiloRoles Roles(string text, StorageProvider storage, List<string> errors)
    {
        var roles = RoleOptions.Parse(text);
        if (roles is null)
            errors.Add($"Krewe:Roles: '{text}' is not {RoleOptions.Gateway}, {RoleOptions.Core} or {RoleOptions.Both}");
        else if (storage == StorageProvider.Embedded && roles != SiloRoles.Both)
            errors.Add($"Krewe:Roles: with embedded storage one process does everything: must be {RoleOptions.Both}");
        return roles ?? SiloRoles.Both;
    }

    private static T Options<T>(IConfiguration configuration) where T : class, new() =>
        (T)OptionsTable.Sections.Single(section => section.Type == typeof(T)).Read(configuration);

    private static string Folder(string key, string path, List<string> errors)
    {
        // An empty one breaks a rule of its options class.
        if (string.IsNullOrWhiteSpace(path))
            return "";
        var full = Path.GetFullPath(path);
        if (File.Exists(full))
            errors.Add($"{key}: {full} is a file, where a folder is needed");
        return full;
    }

    private static IPEndPoint? Endpoint(string key, string? text, List<string> errors)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var endpoint = ListenAddress.Parse(text);
        if (endpoint is null)
            errors.Add($"{key}: '{text}' {ListenAddress.Form}");
        return endpoint;
    }
}
