using Krewe.TestKit.Push;

namespace Krewe.EndToEnd.Tests.Push;

/// <summary>Wrong, expired and revoked credentials: the operator hears of it, nothing is lost, nothing is told. The log is at its most talkative, and
/// the end of each world looks for tokens, keys and texts in it.</summary>
public sealed class CredentialTests
{
    private static readonly string[] Platforms = ["fcm", "apns", "mipush"];

    private static readonly string[] Talkative = ["--Logging:LogLevel:Default=Debug", "--Logging:LogLevel:Krewe=Trace", "--Logging:LogLevel:Microsoft=Debug", "--Logging:LogLevel:System=Trace"];

    [Fact]
    public async Task Revoked_keys_cost_nothing_once_they_are_good_again()
    {
        await using var world = await PushWorld.StartAsync(Talkative);
        world.Fcm.Revoke(world.Fcm.Account);
        world.Apns.RevokeKey();
        var secret = world.Mi.RenewSecret();
        world.NeverLogged(world.Mi.AppSecret);
        var devices = await RefuseAsync(world, "invalid_grant", "InvalidProviderToken", "21301");

        world.Fcm.Restore(world.Fcm.Account);
        world.Apns.RestoreKey();
        world.Mi.RestoreSecret(secret);
        await RecoverAsync(world, devices);
    }

    [Fact]
    public async Task Keys_that_the_operator_replaced_are_read_without_a_restart()
    {
        await using var world = await PushWorld.StartAsync(Talkative);
        var mi = await world.NewDeviceAsync("mipush");
        world.Fcm.Revoke(world.Fcm.Account);
        world.Apns.RenewKey();
        var devices = new[] { await world.NewDeviceAsync("fcm"), await world.NewDeviceAsync("apns") };
        foreach (var device in devices) await world.SendAsync(device);
        foreach (var device in devices) await Eventually.ThatAsync($"{device.Platform} is refused", async () => await world.BrokenAsync(device.Platform) is not null);

        await world.Fcm.NewAccount(world.Fcm.ProjectId).WriteAsync(world.CredentialsFile);
        await world.Apns.WriteKeyAsync(world.KeyFile);
        await world.SendAsync(mi);
        await mi.TakenAsync();
        await RecoverAsync(world, devices);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Files_that_are_spoiled_or_gone_while_the_server_runs_break_the_lane_until_they_are_mended(bool gone)
    {
        await using var world = await PushWorld.StartAsync(Talkative);
        if (gone)
        {
            File.Delete(world.CredentialsFile);
            File.Delete(world.KeyFile);
        }
        else
        {
            await File.WriteAllTextAsync(world.CredentialsFile, "{\"type\":\"service_account\",\"private_key\":\"" + world.NeverLogged("not-quite-a-key") + "\"}");
            await File.WriteAllTextAsync(world.KeyFile, world.NeverLogged("no-key-either"));
        }
        var devices = new[] { await world.NewDeviceAsync("fcm"), await world.NewDeviceAsync("apns") };
        foreach (var device in devices) await world.SendAsync(device);
        foreach (var device in devices) await Eventually.ThatAsync($"{device.Platform} has no key", async () => await world.BrokenAsync(device.Platform) is not null);
        Assert.Empty(world.Fcm.Requests);
        Assert.Empty(world.Apns.Requests);

        await world.Fcm.Account.WriteAsync(world.CredentialsFile);
        await world.Apns.WriteKeyAsync(world.KeyFile);
        await RecoverAsync(world, devices);
    }

    [Fact]
    public async Task Access_tokens_that_expire_are_renewed_before_they_do()
    {
        await using var world = await PushWorld.StartAsync();
        world.Fcm.AccessTokenLifetime = TimeSpan.FromSeconds(1);
        var device = await world.NewDeviceAsync("fcm");
        for (var n = 1; n <= 4; n++)
        {
            await world.SendAsync(device);
            await device.TakenAsync(n);
        }
        Assert.All(device.Requests, push => Assert.True(push.Taken));
        Assert.InRange(world.Fcm.AccessTokensIssued, 2, 8);
    }

    private static async Task<PushDevice[]> RefuseAsync(PushWorld world, params string[] words)
    {
        var devices = await Task.WhenAll(Platforms.SelectMany(static platform => new[] { platform, platform }).Select(platform => world.NewDeviceAsync(platform)));
        foreach (var device in devices) await world.SendAsync(device);
        foreach (var (platform, word) in Platforms.Zip(words))
            Assert.Contains(word, await Eventually.ThatAsync($"{platform} is refused", () => world.BrokenAsync(platform), static detail => detail is not null), StringComparison.Ordinal);
        foreach (var device in devices)
        {
            Assert.True(await device.IsRegisteredAsync());
            Assert.Null(await world.SetAsideAsync(device));
            Assert.Empty(device.Taken);
        }
        return devices;
    }

    private static async Task RecoverAsync(PushWorld world, PushDevice[] devices)
    {
        await Task.WhenAll(devices.Select(device => device.TakenAsync()));
        foreach (var device in devices)
        {
            Assert.Single(device.Taken);
            Assert.True(await device.IsRegisteredAsync());
            Assert.Null(await world.SetAsideAsync(device));
            await Eventually.ThatAsync($"the alarm about {device.Platform} ends", async () => await world.BrokenAsync(device.Platform) is null);
        }
    }
}
