using System.Globalization;
using Krewe.Client;

namespace Krewe.Deploy.Tests.Local;

/// <summary>docs/operations/backup.md, its commands as they stand there.</summary>
[Collection(LocalClusterGroup.Name)]
public sealed class BackupTests(LocalCluster cluster)
{
    [Fact]
    public async Task A_dump_made_while_everything_runs_is_restored()
    {
        await cluster.UpAsync();
        var folder = Directory.CreateTempSubdirectory("krewe-dump-");
        using var romeo = await cluster.SignUpAsync(cluster.Gateway(1));
        await romeo.SendAsync(romeo.Address, "before the dump");
        await RunAsync("pg_dump", folder.FullName);
        await romeo.SendAsync(romeo.Address, "after the dump");

        await Task.WhenAll(new[] { "gateway-1", "gateway-2", "core-1", "core-2" }.Select(silo => cluster.RunAsync("drain", silo)));
        await RunAsync("pg_restore", folder.FullName);
        await cluster.UpAsync();

        Assert.Equal(["before the dump"], (await romeo.PollAsync(0)).Items.Select(item => item.Body));
        var refused = await Assert.ThrowsAsync<KreweException>(() => romeo.PollAsync(2));
        Assert.Equal("cursor-ahead", refused.Code);
        Assert.Equal(2, (await romeo.SendAsync(romeo.Address, "after the restore")).Seq);
        folder.Delete(recursive: true);
    }

    /// <summary>The page's block with this command, run as an operator would who has set PGHOST and so on.</summary>
    private async Task RunAsync(string command, string folder)
    {
        var page = await File.ReadAllTextAsync(Tool.File("docs", "operations", "backup.md"));
        var block = page.Split("```").Single(part => part.StartsWith("sh\n", StringComparison.Ordinal) && part.Contains($"\n{command} ", StringComparison.Ordinal))[3..];
        (await Tool.RunAsync("bash", ["-euxc", $"cd '{folder}'\n{block}"], new Dictionary<string, string>
        {
            ["PGHOST"] = "127.0.0.1",
            ["PGPORT"] = (cluster.Port + 10).ToString(CultureInfo.InvariantCulture),
            ["PGUSER"] = "krewe",
            ["PGPASSWORD"] = (await File.ReadAllTextAsync(Path.Combine(cluster.State, "password"))).Trim(),
        })).Good();
    }
}
