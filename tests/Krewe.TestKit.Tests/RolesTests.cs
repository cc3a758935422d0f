using Krewe.Client;
using Krewe.Core.Gateways;
using Krewe.Core.Silos;
using Microsoft.Extensions.DependencyInjection;

namespace Krewe.TestKit.Tests;

/// <summary>Two silos that run users, two that hold connections.</summary>
public sealed class RolesTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Users_are_on_core_silos_whichever_gateway_they_come_by()
    {
        await using var cluster = await StartAsync();
        var found = new List<int?>();
        for (var i = 0; i < 16; i++)
        {
            var user = await cluster.CreateUserAsync($"user{i}", gateway: 2 + i % 2);
            await user.SendAsync($"user{i / 2}", "hi");
            found.Add(await cluster.FindUserAsync($"user{i}"));
        }

        // Both have some: 16 users fall on one silo once in 32 768 runs.
        Assert.Equal([0, 1], found.Distinct().Order());
        for (var silo = 0; silo < 4; silo++)
        {
            var roles = cluster.Services(silo).GetRequiredService<ClusterRoles>();
            Assert.Equal(silo >= 2, cluster.Services(silo).GetService<IGatewayInbox>() is not null);
            Assert.Equal([SiloRoles.Core, SiloRoles.Core, SiloRoles.Gateway, SiloRoles.Gateway], Enumerable.Range(0, 4).Select(other => roles.Of(AddressOf(cluster, other))));
        }
    }

    [Fact]
    public async Task A_core_silo_and_then_a_gateway_die_under_messages()
    {
        await using var cluster = await StartAsync();
        var romeo = await cluster.CreateUserAsync("romeo", gateway: 2);
        var juliet = await cluster.CreateUserAsync("juliet", gateway: 3);
        var reader = juliet.CreateReader(new MailboxReaderOptions { Transports = [Transport.WebSocket] });
        var connections = 0;
        reader.Opened += _ => connections++;
        var reading = TakeAsync(reader, 100);
        var victim = await cluster.FindUserAsync("juliet") ?? -1;
        for (var n = 0; n < 100; n++)
        {
            if (n == 20) _ = cluster.KillSiloAsync(victim);
            await romeo.SendAsync("juliet", $"{n}");
        }
        Assert.Equal(Enumerable.Range(0, 100).Select(n => $"{n}"), await reading);
        // Her session was registered with the new grain, and she saw nothing of it.
        Assert.Equal(1, connections);
        Assert.Equal(1 - victim, await cluster.FindUserAsync("juliet"));

        await cluster.KillSiloAsync(3);
        await romeo.SendAsync("juliet", "missed");
        var again = await cluster.SignInAsync("juliet", gateway: 2);
        Assert.Equal("missed", Assert.Single(await again.ReadAsync(1, after: reader.Cursor)).Body);
    }

    [Fact]
    public async Task Where_silos_do_both_a_user_lives_beside_the_first_connection()
    {
        await using var cluster = await KreweCluster.StartAsync(silos: 3);
        for (var i = 0; i < 9; i++)
        {
            await cluster.CreateUserAsync($"user{i}", gateway: i % 3);
            Assert.Equal(i % 3, await cluster.FindUserAsync($"user{i}"));
        }
    }

    [Fact]
    public async Task Without_a_core_silo_gateways_say_unavailable_and_serve_again_when_one_comes()
    {
        await using var cluster = await KreweCluster.StartAsync(new KreweClusterOptions { Silos = 2, Roles = silo => silo == 1 ? SiloRoles.Gateway : SiloRoles.Core });
        var romeo = await cluster.CreateUserAsync("romeo", gateway: 1);
        await cluster.KillSiloAsync(0);
        using var http = new HttpClient { BaseAddress = cluster.Gateways[1] };
        http.DefaultRequestHeaders.Authorization = new("Bearer", romeo.Token!.Value);
        using (var refused = await http.GetAsync("/v1/mailbox").WaitAsync(Patience))
        {
            Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
        }
        await cluster.StartSiloAsync();
        Assert.Equal(1, (await romeo.SendAsync("romeo", "again")).Seq);
    }

    private static Task<KreweCluster> StartAsync() =>
        KreweCluster.StartAsync(new KreweClusterOptions { Silos = 4, Roles = silo => silo < 2 ? SiloRoles.Core : SiloRoles.Gateway });

    private static async Task<List<string?>> TakeAsync(MailboxReader reader, int count)
    {
        var bodies = new List<string?>();
        using var patience = new CancellationTokenSource(Patience);
        await foreach (var item in reader.WithCancellation(patience.Token))
        {
            bodies.Add(item.Body);
            if (bodies.Count == count) break;
        }
        return bodies;
    }

    private static SiloAddress AddressOf(KreweCluster cluster, int silo) => cluster.Services(silo).GetRequiredService<ILocalSiloDetails>().SiloAddress;
}
