using Krewe.Core.Accounts;
using Krewe.Core.Connections;
using Krewe.Core.Devices;
using Krewe.Core.Errors;
using Krewe.Core.Gateways;
using Krewe.Core.Users;
using static Krewe.Grains.Tests.People;

namespace Krewe.Grains.Tests.Cluster;

public sealed class AccountTests
{
    private static readonly TokenInfo Token = new("t1", "phone", DateTimeOffset.UtcNow.AddDays(1));

    [Fact]
    public async Task A_name_is_given_out_once_even_to_concurrent_takers()
    {
        await using var cluster = await UserCluster.StartAsync(silos: 3);
        var account = cluster.Grain<IAccountGrain>(Romeo);
        Assert.False(await account.ExistsAsync());
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => account.CreateAsync(UserCluster.AnyCredentials).AsTask()));

        Assert.Single(outcomes, outcome => outcome.Fault is null);
        Assert.Equal(9, outcomes.Count(outcome => outcome.Fault?.Code == FaultCode.AccountExists));
        await cluster.DeactivateAsync(Romeo);
        Assert.True(await account.ExistsAsync());
    }

    [Fact]
    public async Task A_login_of_an_unknown_user_looks_like_any_other()
    {
        await using var cluster = await UserCluster.StartAsync();
        await cluster.CreateAsync(Romeo);
        var real = (await cluster.Grain<IAccountGrain>(Romeo).BeginLoginAsync()).Value!;
        Assert.True(real.Exists);
        Assert.True(Scram.Verify("secret", real.Credentials.Sha256));

        var pretended = (await cluster.Grain<IAccountGrain>(Juliet).BeginLoginAsync()).Value!;
        await cluster.DeactivateAsync(Juliet);
        var again = (await cluster.Grain<IAccountGrain>(Juliet).BeginLoginAsync()).Value!;
        Assert.False(pretended.Exists);
        Assert.Equal(new ScramOptions().Iterations, pretended.Credentials.Sha256.Iterations);
        Assert.Equal(pretended.Credentials.Sha256.Salt, again.Credentials.Sha256.Salt);
        Assert.NotEqual(pretended.Credentials.Sha256.Salt, (await cluster.Grain<IAccountGrain>(Nurse).BeginLoginAsync()).Value!.Credentials.Sha256.Salt);
    }

    [Fact]
    public async Task Repeated_failures_are_throttled_alike_for_known_and_unknown_users()
    {
        await using var cluster = await UserCluster.StartAsync();
        await cluster.CreateAsync(Romeo);
        var faults = new List<Fault>();
        foreach (var user in (Krewe.Core.Addresses.Jid[])[Romeo, Juliet])
        {
            var account = cluster.Grain<IAccountGrain>(user);
            for (var i = 0; i < 10; i++)
            {
                Assert.Null((await account.BeginLoginAsync()).Fault);
                await account.EndLoginAsync(succeeded: false);
            }
            faults.Add((await account.BeginLoginAsync()).Fault!);
        }
        Assert.All(faults, fault => Assert.Equal(FaultCode.RateLimited, fault.Code));
        Assert.All(faults, fault => Assert.InRange(fault.RetryAfter!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)));
        Assert.Equal(faults[0].Message, faults[1].Message);
    }

    [Fact]
    public async Task A_token_that_was_signed_out_is_refused_everywhere_and_its_connections_close()
    {
        await using var cluster = await UserCluster.StartAsync();
        await cluster.CreateAsync(Romeo);
        var account = cluster.Grain<IAccountGrain>(Romeo);
        var other = Token with { TokenId = "t2" };
        Assert.Null((await account.OpenTokenAsync(Token)).Fault);
        Assert.Null((await account.AuthorizeAsync(Token)).Fault);
        await cluster.OpenSessionAsync(Romeo);

        Assert.Null((await account.RevokeTokenAsync(Token)).Fault);

        var close = Assert.Single(cluster.Gateways.All<CloseEvent>());
        Assert.Equal((Romeo, "t1", CloseReason.SignedOut), (close.Owner, close.TokenId, close.Reason));
        Assert.Equal(FaultCode.Unauthorized, (await account.AuthorizeAsync(Token)).Fault!.Code);
        Assert.Null((await account.AuthorizeAsync(other)).Fault);
        await cluster.DeactivateAsync(Romeo);
        Assert.Equal(FaultCode.Unauthorized, (await account.AuthorizeAsync(Token)).Fault!.Code);
        Assert.Null((await account.AuthorizeAsync(other)).Fault);
    }

    [Fact]
    public async Task A_deleted_account_is_gone_with_everything_and_its_name_stays_taken()
    {
        await using var cluster = await UserCluster.StartAsync();
        await cluster.CreateAsync(Romeo, Juliet);
        await cluster.SendAsync(Juliet, Draft(Romeo, "1"));
        var account = cluster.Grain<IAccountGrain>(Romeo);
        await account.OpenTokenAsync(Token);
        await cluster.OpenSessionAsync(Romeo);

        Assert.Null((await account.DeleteAsync()).Fault);

        Assert.Equal(CloseReason.AccountDeleted, Assert.Single(cluster.Gateways.All<CloseEvent>()).Reason);
        Assert.Equal(0, (await cluster.Store.OpenAsync(Romeo)).Last);
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(FaultCode.AccountExists, (await account.CreateAsync(UserCluster.AnyCredentials)).Fault!.Code);
            Assert.Equal(FaultCode.Unauthorized, (await account.AuthorizeAsync(Token)).Fault!.Code);
            Assert.Equal(FaultCode.Unauthorized, (await account.AuthorizeAsync(Token with { External = true })).Fault!.Code);
            Assert.False((await account.BeginLoginAsync()).Value!.Exists);
            Assert.Equal(FaultCode.NotFound, (await cluster.SendAsync(Juliet, Draft(Romeo, $"again {round}"))).Fault!.Code);
            Assert.Equal(FaultCode.Unauthorized, (await cluster.SendAsync(Romeo, Draft(Juliet, "2"))).Fault!.Code);
            Assert.Empty(await cluster.Grain<IDeviceGrain>(Romeo).GetDevicesAsync());
            await cluster.DeactivateAsync(Romeo);
        }
        Assert.Single(await cluster.ReadAllAsync(Juliet));
    }

    [Fact]
    public async Task A_deletion_that_the_store_interrupts_takes_effect_at_once_and_is_finished_later()
    {
        await using var cluster = await UserCluster.StartAsync();
        await cluster.CreateAsync(Romeo, Juliet);
        await cluster.SendAsync(Juliet, Draft(Romeo, "1"));
        cluster.Store.Away = true;
        Assert.Equal(FaultCode.Unavailable, (await cluster.Grain<IAccountGrain>(Romeo).DeleteAsync()).Fault!.Code);
        cluster.Store.Away = false;

        Assert.False(await cluster.Grain<IAccountGrain>(Romeo).ExistsAsync());
        // The next activation finishes it before it leaves again.
        await cluster.DeactivateAsync(Romeo);
        Assert.Equal(FaultCode.AccountExists, (await cluster.Grain<IAccountGrain>(Romeo).CreateAsync(UserCluster.AnyCredentials)).Fault!.Code);
        await cluster.DeactivateAsync(Romeo);
        Assert.Equal(0, (await cluster.Store.OpenAsync(Romeo)).Last);
    }

    [Fact]
    public async Task A_user_whom_the_issuer_vouches_for_gets_an_account_at_first_sight()
    {
        await using var cluster = await UserCluster.StartAsync();
        var account = cluster.Grain<IAccountGrain>(Romeo);
        Assert.Equal(FaultCode.Unauthorized, (await account.AuthorizeAsync(Token)).Fault!.Code);
        Assert.Null((await account.AuthorizeAsync(Token with { External = true })).Fault);

        Assert.True(await account.ExistsAsync());
        Assert.False((await account.BeginLoginAsync()).Value!.Exists);
        Assert.Equal("phone", Assert.Single(await cluster.Grain<IDeviceGrain>(Romeo).GetDevicesAsync()).Name);
    }

    [Fact]
    public async Task A_new_password_takes_the_place_of_the_old_one()
    {
        await using var cluster = await UserCluster.StartAsync();
        await cluster.CreateAsync(Romeo);
        var account = cluster.Grain<IAccountGrain>(Romeo);
        Assert.Null((await account.ChangePasswordAsync(Scram.Derive("new", Scram.MinIterations))).Fault);
        await cluster.DeactivateAsync(Romeo);
        var verifier = (await account.BeginLoginAsync()).Value!.Credentials.Sha256;
        Assert.True(Scram.Verify("new", verifier));
        Assert.False(Scram.Verify("secret", verifier));
        Assert.Equal(FaultCode.Unauthorized, (await cluster.Grain<IAccountGrain>(Juliet).ChangePasswordAsync(UserCluster.AnyCredentials)).Fault!.Code);
    }

    [Fact]
    public async Task Devices_are_listed_bounded_and_kept()
    {
        await using var cluster = await UserCluster.StartAsync(limits: limits => limits.Devices = 3);
        await cluster.CreateAsync(Romeo);
        var (account, devices) = (cluster.Grain<IAccountGrain>(Romeo), cluster.Grain<IDeviceGrain>(Romeo));
        await account.OpenTokenAsync(Token);
        await account.OpenTokenAsync(Token with { Device = "tablet" });
        var push = new PushRegistration { Platform = PushPlatform.Fcm, Token = "secret", App = "app", RegisteredAt = DateTimeOffset.UnixEpoch };
        Assert.Null((await devices.SetPushAsync("watch", push)).Fault);
        Assert.Equal(FaultCode.TooMany, (await devices.SetPushAsync("fridge", push)).Fault!.Code);
        Assert.Equal(FaultCode.TooMany, (await account.OpenTokenAsync(Token with { Device = "fridge" })).Fault!.Code);
        Assert.Null((await account.AuthorizeAsync(Token)).Fault);

        await cluster.DeactivateAsync(Romeo);
        var all = await devices.GetDevicesAsync();
        Assert.Equal(["phone", "tablet", "watch"], all.Select(device => device.Name));
        Assert.All(all, device => Assert.InRange(DateTimeOffset.UtcNow - device.LastSeen, TimeSpan.Zero, TimeSpan.FromMinutes(2)));
        Assert.All(all, device => Assert.Equal(0, device.LastSeen.Ticks % TimeSpan.TicksPerMinute));
        Assert.Equal(push, await devices.GetPushAsync("watch"));
        Assert.Null(await devices.GetPushAsync("phone"));
        Assert.Null((await devices.RemovePushAsync("watch")).Fault);
        Assert.Null((await devices.RemovePushAsync("watch")).Fault);
        Assert.Null(await devices.GetPushAsync("watch"));
    }
}
