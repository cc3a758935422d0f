using Krewe.Core.Gateways;
using Krewe.Core.Mailboxes;
using Krewe.Core.Users;
using static Krewe.Grains.Tests.People;

namespace Krewe.Grains.Tests.Cluster;

public sealed class AckTests
{
    [Fact]
    public async Task Receipts_come_once_over_repeated_acks_and_new_activations()
    {
        await using var cluster = await UserCluster.StartAsync(silos: 3);
        await cluster.CreateAsync(Romeo, Juliet);
        await cluster.OpenSessionAsync(Romeo);
        for (var i = 1; i <= 3; i++) await cluster.SendAsync(Romeo, Draft(Juliet, $"{i}"));
        var mailbox = cluster.Grain<IMailboxGrain>(Juliet);
        await Task.WhenAll(mailbox.AckAsync("phone", 2, false).AsTask(), mailbox.AckAsync("tablet", 2, false).AsTask(), mailbox.AckAsync("phone", 2, false).AsTask());
        await cluster.Gateways.UntilAsync<ItemEvent>(item => item.Item.Kind == ItemKind.Delivered, "the first receipt");
        await cluster.DeactivateAsync(Juliet);
        Assert.Null((await mailbox.AckAsync("phone", 2, false)).Fault);
        Assert.Null((await mailbox.AckAsync("phone", 3, true)).Fault);
        await cluster.Gateways.UntilAsync<ItemEvent>(item => item.Item.Kind == ItemKind.Read, "the receipt of reading");

        var receipts = (await cluster.ReadAllAsync(Romeo)).Where(item => item.Kind != ItemKind.Message).ToList();
        Assert.Equal([ItemKind.Delivered, ItemKind.Read], receipts.Select(receipt => receipt.Kind));
        Assert.Equal([["1", "2"], ["1", "2", "3"]], receipts.Select(receipt => receipt.Ids.ToArray()));
    }
}
