using Krewe.ProcessHarness;

namespace Krewe.Server.Tests;

/// <summary>Settings as container runtimes and orchestrators hand them over.</summary>
public sealed class SecretsTests
{
    [Fact]
    public async Task Files_of_the_secrets_folder_are_settings_and_the_environment_is_stronger()
    {
        var folder = Directory.CreateTempSubdirectory("krewe-secrets-");
        await WriteAsync("Krewe__Limits__Devices", "0\n");
        await WriteAsync("Krewe__Limits__Contacts", "0\n");
        await WriteAsync("Krewe__Admin__Token", "short\n");
        await WriteAsync("Krewe__Nonsense", "1");
        await WriteAsync("another-programs", "0");

        var ended = await KreweProcess.RunAsync([], new Dictionary<string, string> { ["KREWE_SECRETS"] = folder.FullName, ["Krewe__Limits__Contacts"] = "7" });

        Assert.Equal(78, ended.ExitCode);
        Assert.Equal(
            ["Krewe:Admin:Token: must have at least 16 characters", "Krewe:Limits:Devices: must be between 1 and 10000", "Krewe:Nonsense: unknown key"],
            ended.Errors.TrimEnd().Split("\n  ")[1..].Order(StringComparer.Ordinal));
        folder.Delete(recursive: true);

        Task WriteAsync(string name, string value) => File.WriteAllTextAsync(Path.Combine(folder.FullName, name), value);
    }

    [Fact]
    public async Task A_secrets_folder_that_is_not_there_is_named()
    {
        var ended = await KreweProcess.RunAsync([], new Dictionary<string, string> { ["KREWE_SECRETS"] = "/nowhere/secrets" });

        Assert.Equal((78, "Krewe cannot start: KREWE_SECRETS: there is no folder /nowhere/secrets\n"), (ended.ExitCode, ended.Errors));
    }

    [Fact]
    public async Task Kubernetes_and_a_silo_address_that_is_none_are_told_with_what_is_missing()
    {
        var ended = await KreweProcess.RunAsync(
            ["--Krewe:Cluster:Kubernetes=true", "--Krewe:Cluster:SiloListen=*:11111"], new Dictionary<string, string> { ["POD_NAME"] = "krewe-core-1", ["POD_NAMESPACE"] = "" });

        Assert.Equal(78, ended.ExitCode);
        Assert.Equal(
            [
                "Krewe:Cluster:AdvertisedAddress: must be set",
                "Krewe:Cluster:Kubernetes: needs Krewe:Storage:Provider=postgres",
                "Krewe:Cluster:Kubernetes: the environment variable KUBERNETES_SERVICE_HOST is not set",
                "Krewe:Cluster:Kubernetes: the environment variable KUBERNETES_SERVICE_PORT is not set",
                "Krewe:Cluster:Kubernetes: the environment variable POD_NAMESPACE is not set",
            ],
            ended.Errors.TrimEnd().Split("\n  ")[1..].Order(StringComparer.Ordinal),
            (expected, line) => line.StartsWith(expected, StringComparison.Ordinal));
    }
}
