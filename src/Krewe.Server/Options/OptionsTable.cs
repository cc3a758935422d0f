using System.Globalization;
using Krewe.Core;
using Krewe.Core.Accounts;
using Krewe.Core.Administration;
using Krewe.Core.Draining;
using Krewe.Core.Limits;
using Krewe.Core.Push;
using Krewe.Gateway;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Xmpp;
using Krewe.Push.Apns;
using Krewe.Push.Delivery;
using Krewe.Push.Fcm;
using Krewe.Push.MiPush;
using Krewe.Push.Webhook;
using Krewe.Server.Admin;
using Krewe.Server.Clustering;
using Krewe.Server.Listening;
using Krewe.Server.Storage;
using Krewe.Storage.Embedded;
using Krewe.Storage.Postgres;
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
        new OptionsSection<XmppOptions>($"{Root}:Xmpp"),
        new OptionsSection<TlsOptions>($"{Root}:Tls"),
        new OptionsSection<AccountOptions>($"{Root}:Accounts"),
        new OptionsSection<ScramOptions>($"{Root}:Scram"),
        new OptionsSection<StorageOptions>($"{Root}:Storage"),
        new OptionsSection<EmbeddedStorageOptions>($"{Root}:Storage"),
        new OptionsSection<PostgresStorageOptions>($"{Root}:Storage"),
        new OptionsSection<SiloOptions>($"{Root}:Cluster"),
        new OptionsSection<DrainOptions>($"{Root}:Cluster"),
        new OptionsSection<AdminOptions>($"{Root}:Admin"),
        new OptionsSection<TrailOptions>($"{Root}:Trace"),
        new OptionsSection<LimitOptions>($"{Root}:Limits"),
        new OptionsSection<GatewayStreamOptions>($"{Root}:Streams"),
        new OptionsSection<PushPolicyOptions>($"{Root}:Push"),
        new OptionsSection<PushOptions>($"{Root}:Push"),
        new OptionsSection<FcmOptions>($"{Root}:Push:Fcm"),
        new OptionsSection<ApnsOptions>($"{Root}:Push:Apns"),
        new OptionsSection<MiPushOptions>($"{Root}:Push:MiPush"),
        new OptionsSection<WebhookOptions>($"{Root}:Push:Webhook"),
    ];

    // Some are read by both stores.
    public static IEnumerable<OptionKey> Keys => Sections.SelectMany(section => section.Keys).DistinctBy(key => key.Name);

    /// <summary>The key that a configuration path sets, be it by one value of a list.</summary>
    public static OptionKey? Find(string path)
    {
        if (Keys.FirstOrDefault(key => Is(key, path)) is { } whole)
            return whole;
        var colon = path.LastIndexOf(':');
        return int.TryParse(path.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? Keys.FirstOrDefault(key => key.IsList && Is(key, path[..colon])) : null;

        static bool Is(OptionKey key, string name) => key.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
    }
}
