using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Krewe.Deploy.Tests.Local;
using YamlDotNet.RepresentationModel;

namespace Krewe.Deploy.Tests.Monitoring;

/// <summary>What the dashboard and the alerts ask for is there, and each alert says what to do.</summary>
[Collection(LocalClusterGroup.Name)]
public sealed partial class MonitoringTests(LocalCluster cluster)
{
    /// <summary>They exist once a push service was spoken to, which this cluster has none of.</summary>
    private static readonly string[] OfPush = ["krewe_push_sent_total", "krewe_push_refused_total", "krewe_push_expired_total", "krewe_push_latency_seconds_bucket"];

    // Prometheus' own, of every target.
    private static readonly string[] OfPrometheus = ["up"];

    [Fact]
    public async Task Every_metric_of_the_alerts_and_the_dashboard_is_one_that_servers_show()
    {
        await cluster.UpAsync();
        await TrafficAsync();
        var shown = new HashSet<string>(StringComparer.Ordinal);
        using var http = new HttpClient();
        foreach (var silo in new[] { cluster.GatewayAdmin(1), cluster.GatewayAdmin(2), cluster.CoreAdmin(1), cluster.CoreAdmin(2) })
            shown.UnionWith(from line in (await http.GetStringAsync(new Uri(silo, "metrics"))).Split('\n') where !line.StartsWith('#') select line.Split('{', ' ')[0]);

        var asked = Expressions(Dashboard()).Concat(Alerts().Select(alert => alert.Expression)).SelectMany(Names).Distinct().ToList();

        Assert.True(asked.Count > 40, "The expressions were not read.");
        Assert.Empty(asked.Except(shown).Except(OfPrometheus).Except(OfPush));
    }

    [Fact]
    public void Every_metric_of_mobile_push_is_one_that_the_sources_declare()
    {
        var source = File.ReadAllText(Tool.File("src", "Krewe.Push", "Delivery", "PushMetrics.cs"));

        foreach (var name in OfPush)
        {
            var instrument = string.Join('.', name.Replace("_total", "", StringComparison.Ordinal).Replace("_seconds_bucket", "", StringComparison.Ordinal).Split('_'));
            Assert.Contains($"\"{instrument}\"", source, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_alert_has_a_heading_that_says_what_to_do()
    {
        var page = File.ReadAllLines(Tool.File("docs", "operations", "alerts.md"));
        var told = page.Where(line => line.StartsWith("### ", StringComparison.Ordinal)).Select(line => line[4..].Trim()).ToList();

        Assert.Equal(Alerts().Select(alert => alert.Name), told);
        Assert.All(told, name => Assert.True(page.SkipWhile(line => line != $"### {name}").Skip(1).TakeWhile(line => !line.StartsWith('#')).Sum(line => line.Length) > 60, $"{name}: what is to be done?"));
    }

    [Fact]
    public async Task Prometheus_takes_the_rules_and_their_tests_pass()
    {
        Tool.Need("promtool");

        (await Tool.RunAsync("promtool", ["check", "config", Tool.File("deploy", "monitoring", "prometheus.yml")])).Good();
        (await Tool.RunAsync("promtool", ["test", "rules", Tool.File("deploy", "monitoring", "alerts.test.yml")])).Good();
    }

    [Fact]
    public void Panels_do_not_overlap_and_have_an_id_each()
    {
        var panels = Dashboard()["panels"]!.AsArray();
        var places = new HashSet<(int X, int Y)>();
        foreach (var grid in panels.Select(panel => panel!["gridPos"]!))
            for (var x = (int)grid["x"]!; x < (int)grid["x"]! + (int)grid["w"]!; x++)
                for (var y = (int)grid["y"]!; y < (int)grid["y"]! + (int)grid["h"]!; y++)
                    Assert.True(x < 24 && places.Add((x, y)), $"Two panels are at {x}, {y}.");
        Assert.Equal(panels.Count, panels.Select(panel => (int)panel!["id"]!).Distinct().Count());
    }

    private async Task TrafficAsync()
    {
        using var romeo = await cluster.SignUpAsync(cluster.Gateway(1));
        using var juliet = await cluster.SignUpAsync(cluster.Gateway(2));
        await using var listening = await juliet.ConnectAsync();
        var events = listening.ReadAllAsync().GetAsyncEnumerator();
        await romeo.SendAsync(juliet.Address, "hello");
        while (await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60)))
            if (events.Current is Krewe.Client.ItemReceived)
                break;
        await events.DisposeAsync();
    }

    private static JsonNode Dashboard() => JsonNode.Parse(File.ReadAllText(Tool.File("deploy", "monitoring", "grafana-dashboard.json")))!;

    private static IEnumerable<string> Expressions(JsonNode? node) => node switch
    {
        JsonObject json => json.SelectMany(pair => pair is { Key: "expr" or "query", Value: JsonValue text } && text.TryGetValue<string>(out var expression) ? [expression] : Expressions(pair.Value)),
        JsonArray list => list.SelectMany(Expressions),
        _ => [],
    };

    private static IEnumerable<(string Name, string Expression)> Alerts()
    {
        var yaml = new YamlStream();
        using var reader = File.OpenText(Tool.File("deploy", "monitoring", "alerts.yml"));
        yaml.Load(reader);
        return from @group in (YamlSequenceNode)yaml.Documents[0].RootNode["groups"]
               from rule in (YamlSequenceNode)@group["rules"]
               select (rule["alert"].ToString(), rule["expr"].ToString());
    }

    private static IEnumerable<string> Names(string expression) => Metric().Matches(expression).Select(match => match.Value);

    // Metrics here have at least two words; what stands in braces or after "by" are labels.
    [GeneratedRegex(@"\bup\b|(?<![\w""])(?:krewe|orleans|dotnet|http_server|kestrel|process)_\w+(?![\w""]|\s*[=!]?~?="")")]
    private static partial Regex Metric();
}
