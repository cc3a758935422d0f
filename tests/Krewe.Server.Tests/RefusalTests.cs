using System.Net;
using System.Net.Sockets;
using Krewe.ProcessHarness;

namespace Krewe.Server.Tests;

/// <summary>A server that does not start says why, in words for an operator.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task Wrong_and_unknown_keys_are_listed_together()
    {
        var ended = await KreweProcess.RunAsync(
            ["--Krewe:Http:Listne=127.0.0.1:1", "--Krewe:Limits:SendBurst=many", "--Krewe:Storage:Provider=mysql", "--Krewe:Xmpp:Federation=on", "--urls=http://*:1", "stray"],
            new Dictionary<string, string> { ["Krewe__Admin__Token"] = "short" });

        AssertRefused(ended, 78);
        Assert.Contains("Krewe:Http:Listne: unknown key; did you mean Krewe:Http:Listen?", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("Krewe:Limits:SendBurst: 'many' is not a whole number", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("Krewe:Storage:Provider: 'mysql' is not one of embedded, postgres", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("Krewe:Xmpp:Federation: unknown key", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("--urls: unknown option", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("stray: not an option", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_kind_of_trouble_is_told_in_one_message_and_each_once()
    {
        var ended = await KreweProcess.RunAsync(
            [
                "--bogus", "--Krewe:nope", "--Krewe:Limits:SendBurst=many", "--Krewe:Limits:Devices=0", "--Krewe:Storage:Retention:MaxAge=01:00:00",
                "--Krewe:Admin:Listen=8081", "--Krewe:Http:TlsListen=0.0.0.0:0", "--Krewe:Tls:Key=key.pem", "--Krewe:Http:AllowedOrigins:0=chat.example.org",
                "--Krewe:Accounts:Oidc:Issuer=http://issuer.example", "--Krewe:Roles=gateway", "--Krewe:Domain=Not A Domain",
            ],
            new Dictionary<string, string> { ["Krewe__Admin__Token"] = "short", ["Krewe__Storage__Path"] = ServerBinary.Path });

        AssertRefused(ended, 78);
        Assert.Equal(
            [
                "--Krewe:nope: unknown option",
                "--bogus: unknown option",
                "Krewe:Accounts:Oidc:Audience: ",
                "Krewe:Accounts:Oidc:Issuer: ",
                "Krewe:Admin:Listen: '8081' is not ADDRESS:PORT",
                "Krewe:Admin:Token: must have at least 16 characters",
                "Krewe:Domain: 'Not A Domain' is not a domain",
                "Krewe:Http:AllowedOrigins:0: 'chat.example.org' is not an origin",
                "Krewe:Limits:Devices: must be between 1 and 10000",
                "Krewe:Limits:SendBurst: 'many' is not a whole number",
                "Krewe:Roles: with embedded storage",
                "Krewe:Storage:Path: ",
                "Krewe:Storage:Retention:MaxAge: must be 24 hours or more",
                "Krewe:Tls:Key: set without Krewe:Tls:Certificate",
            ],
            ended.Errors.TrimEnd().Split("\n  ")[1..].Order(StringComparer.Ordinal),
            (expected, line) => line.StartsWith(expected, StringComparison.Ordinal));
        Assert.Contains("(14 errors)", ended.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Krewe:Admin:Token=short", "Krewe:Admin:Token")]
    [InlineData("--Krewe:Roles=gateway", "Krewe:Roles")]
    [InlineData("--Krewe:Domain=not a domain", "Krewe:Domain")]
    [InlineData("--Krewe:Http:Listen=8080", "Krewe:Http:Listen")]
    [InlineData("--Krewe:Http:TlsListen=0.0.0.0:0", "Krewe:Tls:Certificate")]
    [InlineData("--Krewe:Limits:MessageBytes=1", "Krewe:Limits:MessageBytes")]
    public async Task A_value_against_a_rule_names_its_key(string argument, string key)
    {
        var ended = await KreweProcess.RunAsync([argument]);

        AssertRefused(ended, 78);
        Assert.Contains(key, ended.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("short", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_start_on_the_same_data_names_the_path_and_the_process()
    {
        await using var server = await KreweProcess.StartAsync();

        var ended = await KreweProcess.RunAsync(["--Krewe:Http:Listen=127.0.0.1:0", "--Krewe:Admin:Listen=127.0.0.1:0", "--Krewe:Xmpp:Listen=", $"--Krewe:Storage:Path={server.DataPath}"]);

        AssertRefused(ended, 1);
        Assert.Contains(server.DataPath, ended.Errors, StringComparison.Ordinal);
        Assert.Contains($"process {server.Id}", ended.Errors, StringComparison.Ordinal);
        using var user = await TestUser.SignUpAsync(server, "romeo");
    }

    [Fact]
    public async Task Ports_in_use_are_named_with_their_keys()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        var ended = await KreweProcess.RunAsync([$"--Krewe:Http:Listen={taken.LocalEndpoint}", "--Krewe:Admin:Listen=127.0.0.1:0", "--Krewe:Xmpp:Listen="]);

        AssertRefused(ended, 1);
        Assert.Contains($"Krewe:Http:Listen={taken.LocalEndpoint}: the port is in use", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_of_a_newer_version_is_left_alone()
    {
        await using var server = await KreweProcess.StartAsync();
        await server.TerminateAsync();
        await File.WriteAllTextAsync(Path.Combine(server.DataPath, "format"), "krewe 999\n");

        var ended = await KreweProcess.RunAsync(["--Krewe:Http:Listen=127.0.0.1:0", "--Krewe:Admin:Listen=127.0.0.1:0", "--Krewe:Xmpp:Listen=", $"--Krewe:Storage:Path={server.DataPath}"]);

        AssertRefused(ended, 1);
        Assert.Contains("newer", ended.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\n  \"Krewe\": {\n    \"Admin\": { \"Token\": hunter2hunter2hunter2 }\n  }\n}", "is not JSON: see line 3, position 25")]
    [InlineData("{ not json", "is not JSON: see line 1, position 3")]
    [InlineData("{\n  \"Krewe\": \"hunter2", "is not JSON: see line 2, position 20")]
    [InlineData("", "is not JSON: see line 1, position 1")]
    [InlineData("[\"hunter2\"]", "is no settings file: ")]
    [InlineData("{ \"Krewe\": { \"Domain\": \"hunter2\", \"domain\": \"hunter2\" } }", "is no settings file: ")]
    public async Task A_broken_settings_file_is_named_with_the_place_and_without_its_content(string content, string trouble)
    {
        var folder = Directory.CreateTempSubdirectory("krewe-");
        var file = Path.Combine(folder.FullName, "appsettings.json");
        await File.WriteAllTextAsync(file, content);

        var ended = await KreweProcess.RunAsync([$"--contentRoot={folder.FullName}"]);

        AssertRefused(ended, 78);
        Assert.StartsWith($"Krewe cannot start: {file} {trouble}", ended.Errors, StringComparison.Ordinal);
        Assert.Single(ended.Errors.TrimEnd().Split('\n'));
        Assert.DoesNotContain("hunter2", ended.Errors, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_folder_of_settings_that_is_not_there_is_named()
    {
        var ended = await KreweProcess.RunAsync(["--contentRoot=/nope"]);

        AssertRefused(ended, 78);
        Assert.Equal("Krewe cannot start: --contentRoot: there is no folder /nope\n", ended.Errors);
    }

    [Fact]
    public async Task Settings_that_cannot_be_found_hide_no_wrong_argument()
    {
        var ended = await KreweProcess.RunAsync(["--contentRoot", "/nope", "--bogus=1"]);

        AssertRefused(ended, 78);
        Assert.Contains("--bogus: unknown option", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("--contentRoot: there is no folder /nope", ended.Errors, StringComparison.Ordinal);
    }

    private static void AssertRefused(EndedProcess ended, int exitCode)
    {
        Assert.Equal(exitCode, ended.ExitCode);
        Assert.StartsWith("Krewe cannot start: ", ended.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Errors, StringComparison.Ordinal);
        Assert.Equal("", ended.Output);
    }
}
