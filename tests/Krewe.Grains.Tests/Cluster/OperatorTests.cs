using Krewe.Core.Accounts;
using Krewe.Core.Administration;
using Krewe.Core.Connections;
using Krewe.Core.Contacts;
using Krewe.Core.Errors;
using Krewe.Core.Gateways;
using Krewe.Core.Mailboxes;
using Krewe.Core.Users;
using static Krewe.Grains.Tests.People;

namespace Krewe.Grains.Tests.Cluster;

/// <summary>What the operator does with users.</summary>
public sealed class OperatorTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private static readonly TokenInfo Token = new("t1", "phone", Now.AddDays(1), IssuedAt: Now.AddMinutes(-1));

    [Fact]
    public async Task A_disabled_user_is_refused_everywhere_over_a_restart_and_keeps_everything()
    {
        await using var cluster = await UserCluster.StartAsync();
        await cluster.CreateAsync(Romeo, Juliet);
        await cluster.SendAsync(Juliet, Draft(Romeo, "1"));
        var admin = cluster.Grain<IUserAdminGrain>(Romeo);
        var account = cluster.Grain<IAccountGrain>(Romeo);
        await account.OpenTokenAsync(Token);
        await cluster.OpenSessionAsync(Romeo);

        Assert.Null((await admin.SetDisabledAsync(disabled: true)).Fault);

        Assert.Equal(CloseReason.AccountDisabled, Assert.Single(cluster.Gateways.All<CloseEvent>()).Reason);
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(FaultCode.Unauthorized, (await account.AuthorizeAsync(Token)).Fault!.Code);
            Assert.Equal(FaultCode.Unauthorized, (await account.AuthorizeAsync(Token with { External = true })).Fault!.Code);
            Assert.False((await account.BeginLoginAsync()).Value!.Exists);
            Assert.Equal(FaultCode.AccountExists, (await account.CreateAsync(UserCluster.AnyCredentials)).Fault!.Code);
            Assert.Equal(FaultCode.NotFound, (await cluster.SendAsync(Juliet, Draft(Romeo, $"again {round}"))).Fault!.Code);
            Assert.Equal(FaultCode.Unauthorized, (await cluster.SendAsync(Romeo, Draft(Juliet, "2"))).Fault!.Code);
            Assert.Equal(UserStatus.Disabled, (await admin.DescribeAsync()).Value!.Status);
            await cluster.DeactivateAsync(Romeo);
        }
        Assert.Null((await admin.SetDisabledAsync(disabled: false)).Fault);
        Assert.Null((await account.AuthorizeAsync(Token)).Fault);
        Assert.Null((await cluster.SendAsync(Juliet, Draft(Romeo, "3"))).Fault);
        Assert.Equal(["1", "3"], (await cluster.ReadAllAsync(Romeo)).Select(item => item.Id));
    }

    [Fact]
    public async Task A_disabled_user_misses_no_receipt_and_no_end_of_a_subscription()
    {
        await using var cluster = await UserCluster.StartAsync();
        await cluster.CreateAsync(Romeo, Juliet, Nurse);
        var sent = (await cluster.SendAsync(Romeo, Draft(Juliet, "1"))).Value!;
        foreach (var contact in new[] { Juliet, Nurse })
        {
            await cluster.Grain<IRosterGrain>(Romeo).AddContactAsync(contact, null, []);
            Assert.Null((await cluster.Grain<IRosterGrain>(contact).SendSubscriptionAsync(Romeo, SubscriptionStanza.Subscribed)).Fault);
        }
        var admin = cluster.Grain<IUserAdminGrain>(Romeo);
        await admin.SetDisabledAsync(disabled: true);
        var receipt = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Store.After = commit =>
        {
            if (commit.Owner == Romeo && commit.Items.Any(item => item.Kind == ItemKind.Read)) receipt.TrySetResult();
            return Task.CompletedTask;
        };

        Assert.Null((await cluster.Grain<IMailboxGrain>(Juliet).AckAsync("phone", 1, read: true)).Fault);
        Assert.Null((await cluster.Grain<IRosterGrain>(Juliet).CancelSubscriptionAsync(Romeo)).Fault);
        await cluster.Grain<ISessionGrain>(Romeo).ProbeAsync(Nurse);
        await receipt.Task.InTimeAsync("the receipt is in the mailbox of a disabled user");
        await admin.SetDisabledAsync(disabled: false);

        Assert.Equal([ItemKind.Message, ItemKind.Read], (await cluster.ReadAllAsync(Romeo)).Select(item => item.Kind));
        Assert.Equal([sent.Id], (await cluster.ReadAllAsync(Romeo))[1].Ids);
        var contacts = (await cluster.Grain<IRosterGrain>(Romeo).GetContactsAsync()).ToDictionary(contact => contact.Address, contact => contact.Subscription);
        Assert.Equal((Subscription.None, Subscription.To), (contacts[Juliet], contacts[Nurse]));
    }

    [Fact]
    public async Task Signing_a_device_out_ends_its_tokens_and_no_others()
    {
        await using var cluster = await UserCluster.StartAsync();
        await cluster.CreateAsync(Romeo);
        var (admin, account) = (cluster.Grain<IUserAdminGrain>(Romeo), cluster.Grain<IAccountGrain>(Romeo));
        var tablet = Token with { TokenId = "t2", Device = "tablet" };
        await account.OpenTokenAsync(Token);
        await account.OpenTokenAsync(tablet);
        await cluster.OpenSessionAsync(Romeo);

        Assert.Null((await admin.SignOutAsync("phone")).Fault);

        var close = Assert.Single(cluster.Gateways.All<CloseEvent>());
        Assert.Equal((CloseReason.SignedOut, "s1"), (close.Reason, close.SessionId));
        await cluster.DeactivateAsync(Romeo);
        Assert.Equal(FaultCode.Unauthorized, (await account.AuthorizeAsync(Token)).Fault!.Code);
        Assert.Equal(FaultCode.Unauthorized, (await account.AuthorizeAsync(Token with { TokenId = "t3", IssuedAt = null })).Fault!.Code);
        Assert.Null((await account.AuthorizeAsync(tablet)).Fault);
        // In the second of the sign-out no token is given out that would be dead; after it, all is as before.
        Assert.Equal(FaultCode.Unavailable, (await account.OpenTokenAsync(Token with { TokenId = "t4" })).Fault!.Code);
        Assert.Null((await account.OpenTokenAsync(Token with { TokenId = "t5", IssuedAt = DateTimeOffset.UtcNow.AddSeconds(2) })).Fault);
        Assert.Null((await account.AuthorizeAsync(Token with { TokenId = "t5", IssuedAt = DateTimeOffset.UtcNow.AddSeconds(2) })).Fault);
    }

    [Fact]
    public async Task A_session_whose_token_was_signed_out_does_not_come_back()
    {
        await using var cluster = await UserCluster.StartAsync();
        await cluster.CreateAsync(Romeo);
        await cluster.Grain<IAccountGrain>(Romeo).RevokeTokenAsync(Token with { TokenId = "token of s1" });

        var again = await cluster.Grain<ISessionGrain>(Romeo).OpenSessionAsync(
            new SessionInfo { SessionId = "s1", Device = "phone", Gateway = cluster.Silos.Silos[0].SiloAddress, TokenId = "token of s1", Again = true });

        Assert.Equal(FaultCode.Unauthorized, again.Fault!.Code);
    }

    [Fact]
    public async Task A_deletion_that_was_interrupted_goes_on_when_it_is_asked_for_again()
    {
        await using var cluster = await UserCluster.StartAsync();
        await cluster.CreateAsync(Romeo, Juliet);
        await cluster.SendAsync(Juliet, Draft(Romeo, "1"));
        var admin = cluster.Grain<IUserAdminGrain>(Romeo);
        await admin.SetDisabledAsync(disabled: true);
        cluster.Store.Away = true;
        Assert.Equal(FaultCode.Unavailable, (await admin.RemoveAsync()).Fault!.Code);
        cluster.Store.Away = false;

        await cluster.DeactivateAsync(Romeo);
        Assert.Null((await admin.RemoveAsync()).Fault);

        Assert.Equal(0, (await cluster.Store.OpenAsync(Romeo)).Last);
        Assert.Equal(UserStatus.Deleted, (await admin.DescribeAsync()).Value!.Status);
        Assert.Single(await cluster.ReadAllAsync(Juliet));
        Assert.Equal(FaultCode.NotFound, (await cluster.Grain<IUserAdminGrain>(Nurse).RemoveAsync()).Fault!.Code);
    }
}
