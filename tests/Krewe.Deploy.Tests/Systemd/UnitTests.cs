namespace Krewe.Deploy.Tests.Systemd;

public sealed class UnitTests
{
    [Theory]
    [InlineData("krewe.service", "krewe.service")]
    [InlineData("krewe@.service", "krewe@core-1.service")]
    public async Task Systemd_takes_the_unit(string file, string name)
    {
        Tool.Need("systemd-analyze");
        var folder = Directory.CreateTempSubdirectory("krewe-units-");
        // Where dotnet is on this machine: systemd looks whether the program is there.
        var unit = (await File.ReadAllTextAsync(Tool.File("deploy", "systemd", file))).Replace("/usr/bin/dotnet", "/bin/true", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, name), unit);

        var ended = await Tool.RunAsync("systemd-analyze", ["verify", "--man=no", Path.Combine(folder.FullName, name)]);

        folder.Delete(recursive: true);
        // It says much about the machine's own units; only what is said of this one counts.
        Assert.DoesNotContain($"{folder.FullName}/", ended.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain($"{name}:", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void The_silo_unit_is_as_hardened_as_the_single_servers()
    {
        static IEnumerable<string> Hardening(string file) =>
            File.ReadLines(Tool.File("deploy", "systemd", file)).SkipWhile(line => line != "UMask=0077").TakeWhile(line => line != "[Install]");

        Assert.True(Hardening("krewe.service").Count() > 20);
        Assert.Equal(Hardening("krewe.service"), Hardening("krewe@.service"));
    }
}
