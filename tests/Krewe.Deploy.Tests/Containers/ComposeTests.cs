using System.Globalization;
using Krewe.Server.Options;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Krewe.Deploy.Tests.Containers;

/// <summary>The compose file: what must fit together in it, and with the image and the proxy that it uses.</summary>
public sealed class ComposeTests
{
    private static readonly string[] Silos = ["core-1", "core-2", "gateway-1", "gateway-2"];

    private static readonly Dictionary<object, object> File = Read();

    [Fact]
    public void There_is_a_cluster_in_it() => Assert.Equal(["core-1", "core-2", "gateway-1", "gateway-2", "haproxy", "postgres"], Services().Keys.Cast<string>().Order(StringComparer.Ordinal));

    [Fact]
    public void Every_variable_is_a_key_of_the_server() =>
        Assert.Empty(from silo in Silos
                     from name in Map(Service(silo)["environment"]).Keys.Cast<string>()
                     where name.StartsWith("Krewe__", StringComparison.Ordinal) && OptionsTable.Find(name.Replace("__", ":", StringComparison.Ordinal)) is null
                     select $"{silo}: {name}");

    [Fact]
    public void A_silo_has_time_to_drain_and_an_address_of_its_own()
    {
        foreach (var silo in Silos)
        {
            var environment = Map(Service(silo)["environment"]);
            var drain = Time(environment["Krewe__Cluster__DrainDelay"]) + Time(environment["Krewe__Cluster__DrainTimeout"]) + TimeSpan.FromSeconds(6);
            Assert.True(int.Parse(((string)Service(silo)["stop_grace_period"]).TrimEnd('s'), CultureInfo.InvariantCulture) > drain.TotalSeconds, $"{silo}: a stop may take {drain}.");
            Assert.Equal($"{Address(silo)}:11111", environment["Krewe__Cluster__SiloListen"]);
            Assert.Equal(silo.Split('-')[0], environment["Krewe__Roles"]);
        }
        Assert.Equal(5, Silos.Append("haproxy").Select(Address).Distinct().Count());
        Assert.All(Silos[2..], gateway => Assert.Equal(Address("haproxy"), Map(Service(gateway)["environment"])["Krewe__Http__TrustedProxies__0"]));
    }

    [Fact]
    public void Secrets_are_files_and_no_value_is_one()
    {
        var declared = Map(File["secrets"]).Keys.Cast<string>().ToHashSet();
        foreach (var silo in Silos)
        {
            var mounted = ((List<object>)Service(silo)["secrets"]).Select(Map).ToList();
            Assert.All(mounted, secret => Assert.Contains((string)secret["source"], declared));
            Assert.Equal(["Krewe__Storage__ConnectionString", "Krewe__Admin__Token"], mounted.Select(secret => (string)secret["target"]));
            Assert.Equal("/run/secrets", Map(Service(silo)["environment"])["KREWE_SECRETS"]);
        }
        Assert.DoesNotContain("Password=", string.Join('\n', System.IO.File.ReadLines(Path).Where(line => !line.StartsWith('#'))), StringComparison.Ordinal);
    }

    [Fact]
    public void The_proxy_gets_every_address_that_its_configuration_asks_for()
    {
        var configuration = System.IO.File.ReadAllText(Tool.File("deploy", "haproxy", "haproxy.cfg"));

        Assert.All(Map(Service("haproxy")["environment"]).Keys.Cast<string>(), name => Assert.Contains($"${{{name}-", configuration, StringComparison.Ordinal));
        Assert.All(Silos[2..], gateway => Assert.Contains(gateway, Map(Service("haproxy")["depends_on"]).Keys.Cast<string>()));
        // The image's own check, on which the proxy waits.
        Assert.Contains("HEALTHCHECK", System.IO.File.ReadAllText(Tool.File("deploy", "container", "Containerfile")), StringComparison.Ordinal);
    }

    private static string Path => Tool.File("deploy", "compose", "compose.yaml");

    private static Dictionary<object, object> Services() => Map(File["services"]);

    private static Dictionary<object, object> Service(string name) => Map(Services()[name]);

    private static string Address(string service) => (string)Map(Map(Service(service)["networks"])["silos"])["ipv4_address"];

    private static TimeSpan Time(object text) => TimeSpan.Parse((string)text, CultureInfo.InvariantCulture);

    private static Dictionary<object, object> Map(object node) => (Dictionary<object, object>)node;

    private static Dictionary<object, object> Read() =>
        new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(new MergingParser(new Parser(System.IO.File.OpenText(Path))));
}
