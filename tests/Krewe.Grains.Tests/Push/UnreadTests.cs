using Krewe.Grains.Mailboxes;
using Krewe.Grains.Push;
using static Krewe.Grains.Tests.People;

namespace Krewe.Grains.Tests.Push;

/// <summary>The badge: what others wrote and no device has read, whatever happened in between.</summary>
public sealed class UnreadTests
{
    [Fact]
    public Task It_never_drifts_from_what_the_mailbox_holds() => Turns.RunAsync(async () =>
    {
        var random = new Random(7);
        var juliet = await PushFixture.WithAsync("phone");
        for (var i = 0; i < 400; i++)
        {
            switch (random.Next(8))
            {
                case 0:
                    await juliet.Mailbox.AcceptAsync([Letter(Juliet, Romeo, $"own {i}"), Letter(Juliet, Juliet, $"note {i}")]);
                    break;
                case 1:
                    await juliet.ReceiveAsync(Romeo, $"fix {i}", replaces: "1");
                    break;
                case 2 when juliet.Mailbox.Last > 0:
                    await juliet.AckAsync(random.Next(2) == 0 ? "phone" : "laptop", random.NextInt64(juliet.Mailbox.Last + 1), read: random.Next(2) == 0);
                    break;
                case 3 when juliet.Mailbox.Last > 4:
                    var first = juliet.Store.Items(Juliet)[0].Seq;
                    await juliet.Store.TrimAsync(Juliet, Math.Min(first + random.Next(4), juliet.Mailbox.Last - 1));
                    // Whoever prepares a push has read in the mailbox before, and so knows of it.
                    await juliet.Mailbox.ReadBetweenAsync(0, juliet.Mailbox.Last, 1);
                    break;
                case 4 when random.Next(4) == 0:
                    await juliet.ActivateAsync();
                    break;
                default:
                    await juliet.ReceiveAsync(random.Next(2) == 0 ? Romeo : Nurse, $"{i}");
                    break;
            }
            if (random.Next(3) != 0) continue;
            var expected = juliet.Store.Items(Juliet).Count(item => item.IsNewsTo(Juliet) && item.Seq > juliet.Mailbox.State.Read);
            Assert.Equal(expected, await juliet.Unread.CountAsync());
        }
    });

    [Fact]
    public Task A_backlog_is_read_once_and_not_again_after_a_restart() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone");
        await juliet.Mailbox.AcceptAsync([.. Enumerable.Range(0, 2_000).Select(i => Letter(Romeo, Juliet, $"{i}"))]);
        Assert.Equal(2_000, (await juliet.PushAsync("phone")).Unread);
        await juliet.ActivateAsync();
        var reads = 0;
        juliet.Store.BeforeRead = () => Task.FromResult(reads++);
        await juliet.ReceiveAsync(Romeo, "one more");
        reads = 0;
        Assert.Equal(2_001, (await juliet.PushAsync("phone")).Unread);
        Assert.True(reads <= 2, $"{reads} reads");
    });

    [Fact]
    public Task What_is_read_while_it_is_counted_is_not_counted() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone");
        await juliet.Mailbox.AcceptAsync([.. Enumerable.Range(0, 1_500).Select(i => Letter(Romeo, Juliet, $"{i}"))]);
        var page = new TaskCompletionSource();
        juliet.Store.BeforeRead = () => page.Task;
        var counting = juliet.Unread.CountAsync().AsTask();
        await juliet.AckAsync("laptop", 700, read: true);
        juliet.Store.BeforeRead = null;
        page.SetResult();
        Assert.Equal(800, await counting.InTimeAsync("the count"));
    });

    [Fact]
    public void What_is_remembered_of_pushes_survives_and_a_state_without_it_is_read()
    {
        var state = new MailboxState();
        state.Ack("phone", 3, read: true, 8);
        var old = state.Encode();
        Assert.Equal(0, MailboxState.Decode(old).Pushes.Covered);
        state.Pushes.Covered = 3;
        state.Pushes.Shown["tablet"] = 2;
        state.Pushes.Unread = new UnreadMark(1, 3, 2);
        var bytes = state.Encode();
        // What comes first is as an older server wrote it and reads it.
        Assert.Equal(old, bytes[..old.Length]);
        var read = MailboxState.Decode(bytes).Pushes;
        Assert.Equal((3, 2, new UnreadMark(1, 3, 2)), (read.Covered, read.Shown["tablet"], read.Unread));
    }
}
