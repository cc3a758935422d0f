using Krewe.Core.Mailboxes;
using Krewe.Grains.Delivery;
using Krewe.Grains.Mailboxes;
using static Krewe.Grains.Tests.People;

namespace Krewe.Grains.Tests.Delivery;

public sealed class ReceiptTests
{
    private readonly Post _post = new();

    [Fact]
    public Task An_ack_makes_one_receipt_for_each_sender() => Turns.RunAsync(async () =>
    {
        var (romeo, juliet, nurse) = await ThreeAsync();
        await SendAsync(romeo, 3);
        await SendAsync(nurse, 2);
        await juliet.SendAsync(Draft(Romeo, "answer"));
        await juliet.AckAsync(6);

        var receipt = Assert.Single(Receipts(romeo));
        Assert.Equal((ItemKind.Delivered, Juliet, Romeo), (receipt.Kind, receipt.From, receipt.To));
        Assert.Equal(["romeo-1", "romeo-2", "romeo-3"], receipt.Ids);
        Assert.Equal(["nurse-1", "nurse-2"], Assert.Single(Receipts(nurse)).Ids);
        Assert.Empty(Receipts(juliet));
    });

    [Fact]
    public Task Repeated_and_older_acks_and_other_devices_make_none_again() => Turns.RunAsync(async () =>
    {
        var (romeo, juliet, _) = await ThreeAsync();
        await SendAsync(romeo, 3);
        await juliet.AckAsync(2);
        await juliet.AckAsync(2);
        await juliet.AckAsync(1);
        await juliet.AckAsync(2, device: "tablet");
        await juliet.AckAsync(3, device: "tablet");

        Assert.Equal([["romeo-1", "romeo-2"], ["romeo-3"]], Receipts(romeo).Select(receipt => receipt.Ids.ToArray()));
        Assert.Equal(2, juliet.Mailbox.State.Acked["phone"]);
        Assert.Equal(3, juliet.Mailbox.State.Acked["tablet"]);
    });

    [Fact]
    public Task Reading_implies_delivery_and_makes_one_receipt() => Turns.RunAsync(async () =>
    {
        var (romeo, juliet, _) = await ThreeAsync();
        await SendAsync(romeo, 3);
        await juliet.AckAsync(2);
        await juliet.AckAsync(3, read: true);
        await juliet.AckAsync(3, read: true);
        await juliet.AckAsync(3);

        Assert.Equal([ItemKind.Delivered, ItemKind.Read], Receipts(romeo).Select(receipt => receipt.Kind));
        Assert.Equal(["romeo-1", "romeo-2", "romeo-3"], Receipts(romeo)[1].Ids);
    });

    [Fact]
    public void What_is_read_while_its_delivery_waits_to_be_told_is_not_told_of_delivery_afterwards()
    {
        const int Devices = 64;
        var state = new MailboxState();
        state.Ack("desk", 1, read: false, Devices);
        state.Receipts[0].Begun = true;
        state.Ack("desk", 11, read: false, Devices);
        state.Ack("phone", 7, read: true, Devices);
        state.Ack("desk", 25, read: false, Devices);

        Assert.Equal([(false, 1, 1), (true, 1, 7), (false, 8, 25)], state.Receipts.Select(range => (range.Read, range.From, range.To)));
    }

    [Fact]
    public Task Receipts_interrupted_by_a_crash_go_out_once() => Turns.RunAsync(async () =>
    {
        var (romeo, juliet, _) = await ThreeAsync();
        await SendAsync(romeo, 3);
        // Durable at Romeo's, and then the silo dies before Juliet's mailbox could note it.
        await juliet.AckAsync(3);
        Assert.Single(Receipts(romeo));
        juliet.Receipts.Stop();

        var deliveries = _post.Deliveries.Count;
        var again = await _post.ActivateAsync(Juliet);
        await Turns.SettleAsync();

        Assert.Equal(deliveries + 1, _post.Deliveries.Count);
        Assert.Single(Receipts(romeo));
        Assert.Empty(again.Mailbox.State.Receipts);
    });

    [Fact]
    public Task Receipts_that_were_never_sent_go_out_after_a_crash() => Turns.RunAsync(async () =>
    {
        var (romeo, juliet, _) = await ThreeAsync();
        await SendAsync(romeo, 3);
        _post.OnDelivery = (_, _) => Task.FromResult<Krewe.Core.Errors.Fault?>(PeerFaults.Unreachable);
        await juliet.AckAsync(3);
        juliet.Receipts.Stop();
        Assert.Empty(Receipts(romeo));

        _post.OnDelivery = null;
        await _post.ActivateAsync(Juliet);
        await Turns.SettleAsync();
        Assert.Equal(3, Assert.Single(Receipts(romeo)).Ids.Length);
    });

    [Fact]
    public Task While_a_sender_cannot_be_reached_receipts_wait_and_stay_few() => Turns.RunAsync(async () =>
    {
        var (romeo, juliet, _) = await ThreeAsync();
        await SendAsync(romeo, 40);
        _post.OnDelivery = (_, _) => Task.FromResult<Krewe.Core.Errors.Fault?>(PeerFaults.Unreachable);
        for (var seq = 1; seq <= 40; seq++) await juliet.AckAsync(seq, read: seq % 3 == 0);
        Assert.InRange(juliet.Mailbox.State.Receipts.Count, 1, 4);

        _post.OnDelivery = null;
        _post.Fixture.Time.Advance(TimeSpan.FromMinutes(1));
        await Turns.SettleAsync();
        await Turns.SettleAsync();

        Assert.Empty(juliet.Mailbox.State.Receipts);
        var read = Receipts(romeo).Where(receipt => receipt.Kind == ItemKind.Read).SelectMany(receipt => receipt.Ids).ToList();
        Assert.Equal(Enumerable.Range(1, 39).Select(i => $"romeo-{i}"), read);
        var known = Receipts(romeo).SelectMany(receipt => receipt.Ids).Distinct();
        Assert.Equal(40, known.Count());
    });

    [Fact]
    public Task A_long_absence_is_receipted_in_bounded_parts() => Turns.RunAsync(async () =>
    {
        var (romeo, juliet, _) = await ThreeAsync();
        await SendAsync(romeo, 600);
        await juliet.AckAsync(600);
        for (var i = 0; i < 20; i++) await Turns.SettleAsync();

        Assert.Equal([256, 256, 88], Receipts(romeo).Select(receipt => receipt.Ids.Length));
        Assert.Equal(Enumerable.Range(1, 600).Select(i => $"romeo-{i}"), Receipts(romeo).SelectMany(receipt => receipt.Ids));
    });

    [Fact]
    public Task Whom_the_reader_blocks_and_who_is_gone_gets_none_and_holds_up_nobody() => Turns.RunAsync(async () =>
    {
        var (romeo, juliet, nurse) = await ThreeAsync();
        await SendAsync(nurse, 1);
        await juliet.Mailbox.AcceptAsync([Letter(Named("gone"), Juliet, "1")]);
        await SendAsync(romeo, 1);
        _post.Blocked.Add(Nurse);
        await juliet.AckAsync(3);

        Assert.Empty(Receipts(nurse));
        Assert.Single(Receipts(romeo));
        Assert.Empty(juliet.Mailbox.State.Receipts);
    });

    [Fact]
    public Task An_ack_that_the_store_does_not_take_is_refused_and_can_be_repeated() => Turns.RunAsync(async () =>
    {
        var (romeo, juliet, _) = await ThreeAsync();
        await SendAsync(romeo, 1);
        _post.Store.Before = _ => throw new StoreUnavailableException("full");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => juliet.Mailbox.AckAsync("phone", 1, false, 8).AsTask());
        Assert.Empty(Receipts(romeo));

        _post.Store.Before = null;
        await juliet.AckAsync(1);
        Assert.Single(Receipts(romeo));
    });

    [Fact]
    public void State_survives_its_encoding()
    {
        var state = new MailboxState { LastSentAt = new DateTimeOffset(2026, 11, 23, 1, 2, 3, 4, TimeSpan.Zero) };
        state.Ack("phone", 5, read: false, 8);
        state.Ack("täblet", 3, read: true, 8);
        var copy = MailboxState.Decode(state.Encode());

        Assert.Equal(state.Acked, copy.Acked);
        Assert.Equal((state.Delivered, state.Read, state.LastSentAt), (copy.Delivered, copy.Read, copy.LastSentAt));
        Assert.Equal(state.Receipts.Select(range => (range.Read, range.From, range.To)), copy.Receipts.Select(range => (range.Read, range.From, range.To)));
    }

    [Fact]
    public void Of_too_many_devices_the_one_furthest_behind_is_forgotten()
    {
        var state = new MailboxState();
        for (var i = 1; i <= 10; i++) state.Ack($"device-{i}", i, read: false, maxDevices: 4);
        Assert.Equal([7, 8, 9, 10], state.Acked.Values.Order());
    }

    private async Task<(User Romeo, User Juliet, User Nurse)> ThreeAsync() =>
        (await _post.ActivateAsync(Romeo), await _post.ActivateAsync(Juliet), await _post.ActivateAsync(Nurse));

    private static async Task SendAsync(User from, int count)
    {
        var name = from.Mailbox.Owner.Local.ToString();
        var answers = await from.Sender.SendAsync("phone", [.. Enumerable.Range(1, count).Select(i => Draft(Juliet, $"{name}-{i}"))]);
        Assert.All(answers, answer => Assert.Null(answer.Fault));
    }

    private List<MailboxItem> Receipts(User user) => [.. _post.Store.Items(user.Mailbox.Owner).Where(item => item.Kind != ItemKind.Message)];
}
