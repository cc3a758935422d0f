using Krewe.Core;
using Krewe.Core.Accounts;
using Krewe.Core.Limits;
using Krewe.Gateway;
using Krewe.Gateway.Accounts;
using Krewe.Server.Admin;
using Krewe.Server.Clustering;
using Krewe.Server.Listening;
using Krewe.Server.Storage;
using Krewe.Storage.Embedded;
using Krewe.Streams;

namespace Krewe.Server.Options;

/// <summary>Everything that can be configured: the help text, docs/configuration.md and the check at start all read this table.</summary>
internal static class OptionsTable
{
    public const string Root = "Krewe";

    public static IReadOnlyList<OptionsSection> Sections { get; } =
    [
        new OptionsSection<DomainOptions>(Root),
        new OptionsSection<RoleOptions>(Root),
        new OptionsSection<HttpOptions>($"{Root}:Http"),
        new OptionsSection<TlsOptions>($"{Root}:Tls"),
        new OptionsSection<AccountOptions>($"{Root}:Accounts"),
        new OptionsSection<ScramOptions>($"{Root}:Scram"),
        new OptionsSection<StorageOptions>($"{Root}:Storage"),
        new OptionsSection<EmbeddedStorageOptions>($"{Root}:Storage"),
        new OptionsSection<SiloOptions>($"{Root}:Cluster"),
        new OptionsSection<AdminOptions>($"{Root}:Admin"),
        new OptionsSection<LimitOptions>($"{Root}:Limits"),
        new OptionsSection<GatewayStreamOptions>($"{Root}:Streams"),
    ];

    public static IEnumerable<OptionKey> Keys => Sections.SelectMany(section => section.Keys);
}
