using Krewe.Client;
using Krewe.Core.Push;
using Krewe.TestKit.Push;
using Microsoft.Extensions.DependencyInjection;

namespace Krewe.TestKit.Tests.Push;

public sealed class LongOutageTests
{
    private const int Owners = 100, DevicesEach = 10, Readers = 20, Minutes = 10;

    [Fact]
    public async Task Ten_minutes_without_the_service_and_a_killed_silo_cost_delay_and_nothing_else()
    {
        await using var fcm = await FakeFcm.StartAsync();
        await using var cluster = await KreweCluster.StartAsync(new KreweClusterOptions { Silos = 2, Fcm = fcm });
        var romeo = await cluster.CreateUserAsync("romeo", gateway: 1);
        var owners = Enumerable.Range(0, Owners).Select(static n => $"owner-{n}").ToArray();
        foreach (var (owner, n) in owners.Select(static (owner, n) => (owner, n)))
        {
            // Half of the grains live on the silo that will die.
            var client = await cluster.CreateUserAsync(owner, "device-0", gateway: n % 2);
            for (var device = 0; device < DevicesEach; device++)
                await client.RegisterPushAsync($"device-{device}", new PushRegistration { Platform = "fcm", Token = TokenOf(owner, device), App = fcm.ProjectId });
        }
        var outbox = cluster.Services(1).GetRequiredService<IPushOutbox>();

        await fcm.StopAsync();
        for (var minute = 1; minute <= Minutes; minute++)
        {
            foreach (var owner in owners) await romeo.SendAsync(owner, $"minute {minute}");
            if (minute == Minutes / 2) await cluster.KillSiloAsync(0);
            cluster.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.Equal(Owners * DevicesEach, await WaitingAsync(outbox));
        foreach (var owner in owners[..Readers])
        {
            var laptop = await cluster.SignInAsync(owner, "laptop", gateway: 1);
            await laptop.AckAsync((await laptop.PollAsync(0)).Next, read: true);
        }
        await fcm.StartAgainAsync();

        const int expected = (Owners - Readers) * DevicesEach;
        // Within a minute of the cluster's time, promise R14.
        for (var second = 0; second < 60 && fcm.Taken.Count < expected; second += 5)
        {
            cluster.Clock.Advance(TimeSpan.FromSeconds(5));
            await WaitOrGoOnAsync(fcm, expected);
        }
        Assert.Equal(expected, fcm.Taken.Count);
        await SettledAsync(outbox);
        // Long after, nothing more has come.
        cluster.Clock.Advance(TimeSpan.FromMinutes(10));
        await SettledAsync(outbox);
        Assert.Equal(
            owners[Readers..].SelectMany(owner => Enumerable.Range(0, DevicesEach).Select(device => (TokenOf(owner, device), (long)Minutes, (long)Minutes))).Order(),
            fcm.Taken.Select(push => (push.Token!, push.Seq!.Value, push.Unread!.Value)).Order());
    }

    private static async Task<long> WaitingAsync(IPushOutbox outbox) => (await outbox.BacklogAsync()).Sum(static part => part.Waiting);

    private static async Task SettledAsync(IPushOutbox outbox)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await WaitingAsync(outbox) is var waiting && waiting > 0)
        {
            Assert.False(patience.IsCancellationRequested, $"{waiting} pushes wait still.");
            await pause.WaitForNextTickAsync();
        }
    }

    private static string TokenOf(string owner, int device) => $"{owner}:device-{device}";

    private static async Task WaitOrGoOnAsync(FakeFcm fcm, int expected)
    {
        try
        {
            await fcm.WaitForTakenAsync(expected, TimeSpan.FromSeconds(2));
        }
        catch (TimeoutException)
        {
            // The lane rests still: the clock has to go on.
        }
    }
}
