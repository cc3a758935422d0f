using Krewe.Core.Addresses;
using Krewe.Core.Administration;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Core.Users;
using Orleans.Core.Internal;
using static Krewe.Grains.Tests.People;

namespace Krewe.Grains.Tests.Cluster;

/// <summary>Messages of the operator to many, and what a kill leaves half done.</summary>
public sealed class BroadcastTests
{
    private static readonly BroadcastOrder ToAll = new("b1", "Back at nine.", BroadcastTo.All, Sounds: false);

    [Fact]
    public async Task A_broadcast_that_was_interrupted_goes_on_and_nobody_gets_it_twice()
    {
        await using var cluster = await UserCluster.StartAsync(limits: limits => limits.BroadcastRate = 10_000);
        var people = Enumerable.Range(100, 250).Select(i => Named($"p{i}")).ToArray();
        await cluster.CreateAsync(people);
        var broadcasts = cluster.Silos.Client.GetGrain<IBroadcastGrain>(0);
        // The second page finds the store hanging until the grain has gone.
        var (reached, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        cluster.Store.Before = async commit =>
        {
            if (commit.Owner != people[120]) return;
            reached.TrySetResult();
            await go.Task;
        };
        Assert.Null((await broadcasts.StartAsync(ToAll, [])).Fault);
        await reached.Task.InTimeAsync("the broadcast comes to the second page");
        Assert.Equal(FaultCode.TooMany, (await broadcasts.StartAsync(ToAll with { Id = "b2" }, [])).Fault!.Code);
        await broadcasts.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        cluster.Store.Before = null;
        go.SetResult();

        BroadcastReport report;
        do
        {
            await broadcasts.ResumeAsync();
            report = Assert.Single(await broadcasts.ListAsync());
        }
        while (report.State == BroadcastState.Running);

        Assert.Equal((BroadcastState.Done, 250L, 0L, 0L), (report.State, report.Reached, report.PassedOver, report.Failed));
        foreach (var person in people)
        {
            var item = Assert.Single(await cluster.ReadAllAsync(person));
            Assert.Equal((ItemKind.Message, "broadcast-b1", Domain, report.Begun), (item.Kind, item.Id, item.From.Text, item.SentAt));
        }
        Assert.Null((await broadcasts.StartAsync(ToAll, [])).Fault);
        Assert.Equal(FaultCode.IdConflict, (await broadcasts.StartAsync(ToAll with { Body = "else" }, [])).Fault!.Code);
    }

    [Fact]
    public async Task Only_those_who_were_online_get_what_is_for_them_and_a_stop_spares_the_rest()
    {
        await using var cluster = await UserCluster.StartAsync(limits: limits => limits.BroadcastRate = 0.1);
        var people = Enumerable.Range(100, 101).Select(i => Named($"p{i}")).ToArray();
        await cluster.CreateAsync([.. people, Romeo]);
        var broadcasts = cluster.Silos.Client.GetGrain<IBroadcastGrain>(0);

        Assert.Null((await broadcasts.StartAsync(ToAll with { To = BroadcastTo.Online }, [.. people])).Fault);
        BroadcastReport report;
        do report = Assert.Single(await broadcasts.ListAsync());
        while (report.Reached == 0);
        Assert.Equal((BroadcastState.Running, 101, 100L), (report.State, report.Audience, report.Reached));
        Assert.Null((await broadcasts.StopAsync("b1")).Fault);

        Assert.Equal(BroadcastState.Stopped, Assert.Single(await broadcasts.ListAsync()).State);
        Assert.Single(await cluster.ReadAllAsync(people[0]));
        Assert.Empty(await cluster.ReadAllAsync(people[100]));
        Assert.Empty(await cluster.ReadAllAsync(Romeo));
        Assert.Equal(FaultCode.NotFound, (await broadcasts.StopAsync("b1")).Fault!.Code);
    }

    [Fact]
    public async Task A_deletion_is_on_the_list_until_nothing_is_left_to_do()
    {
        await using var cluster = await UserCluster.StartAsync();
        await cluster.CreateAsync(Romeo, Juliet);
        await cluster.SendAsync(Juliet, Draft(Romeo, "1"));
        var list = cluster.Silos.Client.GetGrain<IDeletionListGrain>(0);
        // A call that failed right after it had noted the name.
        await list.BeginAsync(Juliet);
        cluster.Store.Away = true;
        Assert.Equal(FaultCode.Unavailable, (await cluster.Grain<IAccountGrain>(Romeo).DeleteAsync()).Fault!.Code);
        Assert.Equal([Juliet, Romeo], (await list.ListAsync()).OrderBy(user => user.Text));
        Assert.Equal(FaultCode.Unavailable, (await cluster.Grain<IUserAdminGrain>(Romeo).ResumeRemovalAsync()).Fault!.Code);
        cluster.Store.Away = false;

        foreach (var user in await list.ListAsync())
            while (!(await cluster.Grain<IUserAdminGrain>(user).ResumeRemovalAsync()).Value)
            {
            }

        Assert.Equal(0, (await cluster.Store.OpenAsync(Romeo)).Last);
        Assert.True(await cluster.Grain<IAccountGrain>(Juliet).ExistsAsync());
        Assert.DoesNotContain(Romeo, await list.ListAsync());
    }
}
