using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using Krewe.Core.Errors;
using Krewe.Gateway.Api;
using Krewe.Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Krewe.Gateway.Tests.Api;

/// <summary>The page for client developers says what is so.</summary>
[Collection(SharedGatewayGroup.Name)]
public sealed partial class NativePageTests(SharedGateway gateway)
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Root(), "docs", "protocol", "native.md"));

    [Fact]
    public void It_lists_every_code_with_its_status_and_meaning()
    {
        var listed = ErrorRow().Matches(Page).Select(row => (row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value));
        var known = Enum.GetValues<FaultCode>().Select(code => (code.Name(), code.HttpStatus().ToString(CultureInfo.InvariantCulture), Problems.Title(code)));
        Assert.Equal(known.Order(), listed.Order());
    }

    [Fact]
    public void It_lists_every_call()
    {
        var calls = gateway.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<Operation>()).OfType<Operation>();
        Assert.All(calls, call => Assert.Contains($"`{call.Method} {call.Path}", Page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_operators_page_lists_every_metric_of_the_api()
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "operations", "accounts.md"));
        // Instruments of the tests beside this one are published meanwhile.
        ConcurrentQueue<string> names = [];
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => names.Enqueue(instrument.Name) };
        using var services = new ServiceCollection().AddMetrics().AddSingleton<ApiMetrics>().BuildServiceProvider();
        services.GetRequiredService<ApiMetrics>();
        names.Clear();
        listener.Start();
        var known = names.ToArray().Where(name => Row().IsMatch(name)).Distinct().ToArray();
        Assert.NotEmpty(known);
        Assert.Equal(known.Order(StringComparer.Ordinal), MetricRow().Matches(page).Select(row => row.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^krewe\.gateway\.(faults|grain_calls|logins|passwords)")]
    private static partial Regex Row();

    [GeneratedRegex(@"^\| `(krewe\.[a-z_.]+)`", RegexOptions.Multiline)]
    private static partial Regex MetricRow();

    [GeneratedRegex(@"^\| `([a-z-]+)` \| (\d{3}) \| (.+) \|$", RegexOptions.Multiline)]
    private static partial Regex ErrorRow();

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Cluster.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
