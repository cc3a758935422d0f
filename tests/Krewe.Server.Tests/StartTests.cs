using System.Net;
using Krewe.ProcessHarness;

namespace Krewe.Server.Tests;

public sealed class StartTests
{
    [Fact]
    public async Task The_summary_names_addresses_that_answer()
    {
        await using var server = await KreweProcess.StartAsync();
        using var http = new HttpClient();

        Assert.Contains($"transports {server.Http}transports", server.Summary, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(server.DataPath, "admin-token"), server.Summary, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(server.Admin, "health/ready"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(server.Admin, "health/live"))).StatusCode);
        Assert.NotEqual(0, server.Http.Port);
    }

    [Fact]
    public async Task A_stop_ends_with_zero()
    {
        await using var server = await KreweProcess.StartAsync();

        Assert.Equal(0, await server.TerminateAsync(TimeSpan.FromSeconds(10)));
    }
}
