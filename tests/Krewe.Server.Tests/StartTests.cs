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

        Assert.NotEqual(0, server.Http.Port);
        Assert.Contains($"transports {server.Http}transports", server.Summary, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(server.DataPath, "admin-token"), server.Summary, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(server.Admin, "health/ready"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(server.Admin, "health/live"))).StatusCode);
        using var user = await TestUser.SignUpAsync(server, "romeo");
    }

    [Fact]
    public async Task The_log_of_a_start_is_the_summary()
    {
        await using var server = await KreweProcess.StartAsync();

        Assert.Equal(server.Summary, server.Log.Trim());
    }

    [Fact]
    public async Task Options_come_from_the_environment_and_the_command_line_wins()
    {
        await using var server = await KreweProcess.StartAsync(new KreweProcessOptions
        {
            Environment = new Dictionary<string, string> { ["Krewe__Domain"] = "env.example", ["Krewe__Limits__MessageBytes"] = "2048" },
            Arguments = ["--Krewe:Domain=line.example"],
        });
        using var user = await TestUser.SignUpAsync(server, "romeo");

        Assert.Equal("romeo@line.example", user.Address);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await user.SendStatusAsync("romeo", new string('x', 3000)));
    }

    [Fact]
    public async Task Options_come_from_a_file_in_the_working_directory()
    {
        var folder = Directory.CreateTempSubdirectory("krewe-");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "appsettings.json"), """{ "Krewe": { "Domain": "file.example", "Limits": {}, "Http": { "AllowedOrigins": [] } } }""");
        await using (var server = await KreweProcess.StartAsync(new KreweProcessOptions { DataPath = folder.FullName }))
        {
            using var user = await TestUser.SignUpAsync(server, "romeo");
            Assert.Equal("romeo@file.example", user.Address);
        }
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_restart_keeps_accounts_messages_and_tokens()
    {
        await using var first = await KreweProcess.StartAsync();
        using var user = await TestUser.SignUpAsync(first, "romeo");
        await user.SendAsync("romeo", "kept");
        var adminToken = first.AdminToken;
        Assert.Equal(0, await first.TerminateAsync());

        await using var second = await first.RestartAsync();

        Assert.Contains("kept", await user.MailboxAsync(), StringComparison.Ordinal);
        Assert.Equal(adminToken, second.AdminToken);
    }

    [Fact]
    public async Task Version_and_help_need_no_server()
    {
        var version = await KreweProcess.RunAsync(["--version"]);
        var help = await KreweProcess.RunAsync(["--help"]);

        Assert.Equal(0, version.ExitCode);
        Assert.Matches(@"^Krewe \d+\.\d+\.\d+", version.Output);
        Assert.Equal(0, help.ExitCode);
        Assert.Contains("--Krewe:Http:Listen", help.Output, StringComparison.Ordinal);
        Assert.Contains("Default: 127.0.0.1:8080.", help.Output, StringComparison.Ordinal);
    }
}
