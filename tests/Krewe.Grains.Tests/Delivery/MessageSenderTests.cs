using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Grains.Delivery;
using Krewe.Grains.Users;
using static Krewe.Grains.Tests.People;

namespace Krewe.Grains.Tests.Delivery;

public sealed class MessageSenderTests
{
    private readonly Post _post = new();

    [Fact]
    public Task The_answer_comes_when_both_copies_are_durable_and_they_differ_in_seq_alone() => Turns.RunAsync(async () =>
    {
        var (romeo, juliet) = (await _post.ActivateAsync(Romeo), await _post.ActivateAsync(Juliet));
        await juliet.Sender.SendAsync("phone", [Draft(Romeo, "earlier")]);
        var order = new List<Jid>();
        _post.Store.After = commit =>
        {
            order.Add(commit.Owner);
            return Task.CompletedTask;
        };

        var sent = (await romeo.SendAsync(Draft(Juliet, "1") with { Thread = "t", Data = "[1.00]" })).Value!;

        Assert.Equal([Juliet, Romeo], order);
        var (his, hers) = (_post.Store.Items(Romeo)[1], _post.Store.Items(Juliet)[1]);
        Assert.Equal(his, hers with { Seq = his.Seq });
        Assert.Equal(new Sent("1", 2, his.SentAt, Repeated: false), sent);
    });

    [Fact]
    public Task A_refusal_leaves_nothing_anywhere_and_no_hole() => Turns.RunAsync(async () =>
    {
        var (romeo, _) = (await _post.ActivateAsync(Romeo), await _post.ActivateAsync(Juliet));
        Jid[] unknown = [Named("nobody"), Jid.FromCanonical("juliet@elsewhere"), Jid.FromCanonical("localhost"), Juliet.WithResource("balcony")];
        foreach (var to in unknown) Assert.Equal(FaultCode.NotFound, (await romeo.SendAsync(Draft(to, "1"))).Fault!.Code);
        Assert.Empty(_post.Store.Items(Romeo));

        // The refused id is free.
        Assert.Equal(1, (await romeo.SendAsync(Draft(Juliet, "1"))).Value!.Seq);
    });

    [Fact]
    public Task A_message_to_oneself_is_one_item() => Turns.RunAsync(async () =>
    {
        var romeo = await _post.ActivateAsync(Romeo);
        Assert.Equal(1, (await romeo.SendAsync(Draft(Romeo, "1"))).Value!.Seq);
        Assert.True((await romeo.SendAsync(Draft(Romeo, "1"))).Value!.Repeated);
        Assert.Single(_post.Store.Items(Romeo));
        Assert.Empty(_post.Deliveries);
    });

    [Fact]
    public Task One_delivery_is_under_way_to_a_recipient_and_the_rest_goes_together() => Turns.RunAsync(async () =>
    {
        var (romeo, _) = (await _post.ActivateAsync(Romeo), await _post.ActivateAsync(Juliet));
        var road = new TaskCompletionSource<Fault?>();
        _post.OnDelivery = (_, _) => road.Task;
        var sends = Enumerable.Range(1, 20).Select(i => romeo.SendAsync(Draft(Juliet, $"{i}"))).ToList();
        await Turns.SettleAsync();
        Assert.Equal([Juliet], _post.Deliveries.Select(delivery => delivery.To));
        road.SetResult(null);

        for (var i = 0; i < 20; i++) Assert.Equal(i + 1, (await sends[i]).Value!.Seq);
        Assert.Equal([1, 19], _post.Deliveries.Select(delivery => delivery.Ids.Length));
        Assert.Equal(Enumerable.Range(1, 20).Select(i => $"{i}"), _post.Store.Items(Juliet).Select(item => item.Id));
        Assert.True(romeo.Sender.IsIdle);
    });

    [Fact]
    public Task A_slow_recipient_does_not_hold_up_another() => Turns.RunAsync(async () =>
    {
        var (romeo, _, _) = (await _post.ActivateAsync(Romeo), await _post.ActivateAsync(Juliet), await _post.ActivateAsync(Nurse));
        var road = new TaskCompletionSource<Fault?>();
        _post.OnDelivery = (to, _) => to == Juliet ? road.Task : Task.FromResult<Fault?>(null);
        var slow = romeo.SendAsync(Draft(Juliet, "1"));

        Assert.Equal(1, (await romeo.SendAsync(Draft(Nurse, "2"))).Value!.Seq);
        Assert.False(slow.IsCompleted);
        road.SetResult(null);
        Assert.Equal(2, (await slow).Value!.Seq);
    });

    [Fact]
    public Task A_batch_is_answered_draft_by_draft() => Turns.RunAsync(async () =>
    {
        var (romeo, _, _) = (await _post.ActivateAsync(Romeo), await _post.ActivateAsync(Juliet), await _post.ActivateAsync(Nurse));
        var answers = await romeo.Sender.SendAsync("phone",
            [Draft(Juliet, "1"), Draft(Nurse, "2"), Draft(Named("nobody"), "3"), Draft(Juliet, "1"), Draft(Juliet, "4"), Draft(Juliet, "4", "other"), Draft(Romeo, "5")]);

        Assert.Equal([null, null, FaultCode.NotFound, null, null, FaultCode.IdConflict, null], answers.Select(answer => answer.Fault?.Code));
        Assert.True(answers[3].Value!.Repeated);
        Assert.Equal(["1", "4"], _post.Store.Items(Juliet).Select(item => item.Id));
        Assert.Equal([1, 2, 3, 4], _post.Store.Items(Romeo).Select(item => item.Seq));
        Assert.Contains(_post.Deliveries, delivery => delivery.To == Juliet && delivery.Ids.Length == 2);
    });

    [Fact]
    public Task The_same_id_again_gets_the_first_answer() => Turns.RunAsync(async () =>
    {
        var (romeo, _, _) = (await _post.ActivateAsync(Romeo), await _post.ActivateAsync(Juliet), await _post.ActivateAsync(Nurse));
        var first = (await romeo.SendAsync(Draft(Juliet, "1"))).Value!;
        _post.Fixture.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(first with { Repeated = true }, (await romeo.SendAsync(Draft(Juliet, "1"))).Value);
        var reloaded = await _post.ActivateAsync(Romeo);
        Assert.Equal(first with { Repeated = true }, (await reloaded.SendAsync(Draft(Juliet, "1"))).Value);
        Assert.Equal(FaultCode.IdConflict, (await reloaded.SendAsync(Draft(Juliet, "1", "other"))).Fault!.Code);
        Assert.Equal(FaultCode.IdConflict, (await reloaded.SendAsync(Draft(Nurse, "1"))).Fault!.Code);
        Assert.Single(_post.Store.Items(Juliet));
    });

    [Fact]
    public Task Concurrent_repetitions_are_one_message() => Turns.RunAsync(async () =>
    {
        var (romeo, _) = (await _post.ActivateAsync(Romeo), await _post.ActivateAsync(Juliet));
        var sends = Enumerable.Range(0, 10).Select(_ => romeo.SendAsync(Draft(Juliet, "1"))).ToList();
        var answers = await Task.WhenAll(sends);

        Assert.All(answers, answer => Assert.Equal(1, answer.Value!.Seq));
        Assert.Single(answers, answer => !answer.Value!.Repeated);
        Assert.Single(_post.Store.Items(Juliet));
    });

    [Fact]
    public Task After_a_crash_between_the_two_copies_the_retry_completes_the_first_attempt() => Turns.RunAsync(async () =>
    {
        var (romeo, _) = (await _post.ActivateAsync(Romeo), await _post.ActivateAsync(Juliet));
        _post.Store.Before = commit => commit.Owner == Romeo ? throw new StoreUnavailableException("killed") : Task.CompletedTask;
        Assert.Equal(FaultCode.Unavailable, (await romeo.SendAsync(Draft(Juliet, "1"))).Fault!.Code);
        var hers = Assert.Single(_post.Store.Items(Juliet));

        _post.Store.Before = null;
        _post.Fixture.Time.Advance(TimeSpan.FromSeconds(5));
        var again = await _post.ActivateAsync(Romeo);
        Assert.Equal(FaultCode.IdConflict, (await again.SendAsync(Draft(Juliet, "1", "other"))).Fault!.Code);
        var sent = (await again.SendAsync(Draft(Juliet, "1"))).Value!;

        Assert.Equal((1, hers.SentAt), (sent.Seq, sent.SentAt));
        Assert.Equal(hers, _post.Store.Items(Romeo)[0]);
        Assert.Single(_post.Store.Items(Juliet));
    });

    [Fact]
    public Task Beyond_the_rate_a_send_is_refused_until_later_but_a_repetition_is_answered() => Turns.RunAsync(async () =>
    {
        (_post.Limits.SendBurst, _post.Limits.SendRate) = (3, 2);
        var (romeo, _) = (await _post.ActivateAsync(Romeo), await _post.ActivateAsync(Juliet));
        for (var i = 1; i <= 3; i++) Assert.Null((await romeo.SendAsync(Draft(Juliet, $"{i}"))).Fault);

        var fault = (await romeo.SendAsync(Draft(Juliet, "4"))).Fault!;
        Assert.Equal((FaultCode.RateLimited, TimeSpan.FromSeconds(0.5)), (fault.Code, fault.RetryAfter));
        Assert.True((await romeo.SendAsync(Draft(Juliet, "3"))).Value!.Repeated);

        _post.Fixture.Time.Advance(fault.RetryAfter!.Value);
        Assert.Null((await romeo.SendAsync(Draft(Juliet, "4"))).Fault);
    });

    [Fact]
    public Task Bytes_under_way_are_bounded() => Turns.RunAsync(async () =>
    {
        _post.Limits.BytesUnderWay = 1 << 20;
        var (romeo, _) = (await _post.ActivateAsync(Romeo), await _post.ActivateAsync(Juliet));
        var road = new TaskCompletionSource<Fault?>();
        _post.OnDelivery = (_, _) => road.Task;
        var sends = Enumerable.Range(0, 20).Select(i => romeo.SendAsync(Draft(Juliet, $"{i}", new string('x', 60_000)))).ToList();
        await Turns.SettleAsync();

        Assert.InRange(sends.Count(send => send.IsCompleted), 10, 13);
        Assert.All(sends.Where(send => send.IsCompleted), send => Assert.Equal(FaultCode.RateLimited, send.Result.Fault!.Code));
        road.SetResult(null);
        await Task.WhenAll(sends);
        Assert.Null((await romeo.SendAsync(Draft(Juliet, "later"))).Fault);
    });

    [Fact]
    public Task Only_ones_own_message_to_the_same_recipient_can_be_replaced() => Turns.RunAsync(async () =>
    {
        var (romeo, juliet, _) = (await _post.ActivateAsync(Romeo), await _post.ActivateAsync(Juliet), await _post.ActivateAsync(Nurse));
        await romeo.SendAsync(Draft(Juliet, "mine"));
        await romeo.SendAsync(Draft(Nurse, "elsewhere"));
        await juliet.SendAsync(Draft(Romeo, "hers"));
        foreach (var id in (string[])["elsewhere", "hers", "none", "new"])
        {
            var fault = (await romeo.SendAsync(Draft(Juliet, "new") with { Replaces = id })).Fault!;
            Assert.Equal((FaultCode.BadRequest, "replaces"), (fault.Code, fault.Member));
        }
        Assert.Null((await romeo.SendAsync(Draft(Juliet) with { Replaces = "mine" })).Fault);
        Assert.Equal("mine", _post.Store.Items(Juliet)[^1].Replaces);
    });

    [Theory]
    [InlineData(0), InlineData(129)]
    public Task An_id_has_1_to_128_characters(int length) => Turns.RunAsync(async () =>
    {
        var (romeo, _) = (await _post.ActivateAsync(Romeo), await _post.ActivateAsync(Juliet));
        Assert.Equal("id", (await romeo.SendAsync(Draft(Juliet, new string('x', length)))).Fault!.Member);
        Assert.Null((await romeo.SendAsync(Draft(Juliet, new string('x', 128)))).Fault);
    });

    [Fact]
    public Task Characters_of_an_id_are_code_points() => Turns.RunAsync(async () =>
    {
        var (romeo, _) = (await _post.ActivateAsync(Romeo), await _post.ActivateAsync(Juliet));
        Assert.Null((await romeo.SendAsync(Draft(Juliet, string.Concat(Enumerable.Repeat("😀", 128))))).Fault);
        Assert.Equal("id", (await romeo.SendAsync(Draft(Juliet, string.Concat(Enumerable.Repeat("😀", 129))))).Fault!.Member);
    });

    [Fact]
    public Task A_missing_id_is_made_and_sorts_by_time() => Turns.RunAsync(async () =>
    {
        var (romeo, _) = (await _post.ActivateAsync(Romeo), await _post.ActivateAsync(Juliet));
        var first = (await romeo.SendAsync(Draft(Juliet))).Value!.Id;
        _post.Fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
        var second = (await romeo.SendAsync(Draft(Juliet))).Value!.Id;
        Assert.Equal(7, Guid.Parse(first).Version);
        Assert.True(string.CompareOrdinal(first, second) < 0);
    });

    [Fact]
    public Task When_the_store_cannot_look_up_an_id_nothing_is_sent_and_the_next_try_works() => Turns.RunAsync(async () =>
    {
        var (romeo, _) = (await _post.ActivateAsync(Romeo), await _post.ActivateAsync(Juliet));
        _post.Store.BeforeRead = () => throw new StoreUnavailableException("away");
        Assert.Equal(FaultCode.Unavailable, (await romeo.SendAsync(Draft(Juliet, "1"))).Fault!.Code);
        _post.Store.BeforeRead = null;
        Assert.False((await romeo.SendAsync(Draft(Juliet, "1"))).Value!.Repeated);
        Assert.True(romeo.Sender.IsIdle);
    });

    [Fact]
    public Task A_delivery_that_fails_for_a_passing_reason_is_repeated_before_anything_else_goes() => Turns.RunAsync(async () =>
    {
        var (romeo, _) = (await _post.ActivateAsync(Romeo), await _post.ActivateAsync(Juliet));
        _post.OnDelivery = (_, _) => _post.Deliveries.Count switch
        {
            1 => throw new TimeoutException(),
            2 => Task.FromResult<Fault?>(StoreFaults.Moved),
            _ => Task.FromResult<Fault?>(null),
        };
        var sends = new List<Task<Outcome<Sent>>> { romeo.SendAsync(Draft(Juliet, "1")), romeo.SendAsync(Draft(Juliet, "2")) };
        await PassAsync(TimeSpan.FromSeconds(1), 4);

        foreach (var send in sends) Assert.Null((await send).Fault);
        Assert.Equal([["1"], ["1"], ["1"], ["2"]], _post.Deliveries.Select(delivery => delivery.Ids));
    });

    [Fact]
    public Task After_some_seconds_the_sender_is_told_to_try_again() => Turns.RunAsync(async () =>
    {
        var (romeo, _) = (await _post.ActivateAsync(Romeo), await _post.ActivateAsync(Juliet));
        _post.OnDelivery = (_, _) => throw new TimeoutException();
        var send = romeo.SendAsync(Draft(Juliet, "1"));
        await PassAsync(TimeSpan.FromSeconds(1), 5);
        Assert.False(send.IsCompleted);
        await PassAsync(TimeSpan.FromSeconds(1), 10);
        Assert.Equal(FaultCode.Unavailable, (await send).Fault!.Code);

        var before = _post.Deliveries.Count;
        _post.OnDelivery = (_, _) => throw new InvalidOperationException("a bug");
        Assert.Equal(FaultCode.Unavailable, (await romeo.SendAsync(Draft(Juliet, "1"))).Fault!.Code);
        Assert.Equal(before + 1, _post.Deliveries.Count);
    });

    [Fact]
    public Task Look_ups_that_take_their_time_do_not_change_the_order() => Turns.RunAsync(async () =>
    {
        var (romeo, _) = (await _post.ActivateAsync(Romeo), await _post.ActivateAsync(Juliet));
        var waits = 0;
        _post.Store.BeforeRead = async () =>
        {
            for (var i = 20 - waits++; i > 0; i--) await Task.Yield();
        };
        var drafts = Enumerable.Range(1, 20).Select(i => Draft(Juliet, $"{i}")).ToArray();
        await romeo.Sender.SendAsync("phone", [.. drafts]);
        Assert.Equal(drafts.Select(draft => draft.Id), _post.Store.Items(Juliet).Select(item => item.Id));
        Assert.Equal(drafts.Select(draft => draft.Id), _post.Store.Items(Romeo).Select(item => item.Id));
    });

    private async Task PassAsync(TimeSpan step, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await Turns.SettleAsync();
            _post.Fixture.Time.Advance(step);
        }
        await Turns.SettleAsync();
    }

    [Fact]
    public void A_token_bucket_refills_steadily_up_to_its_burst()
    {
        var time = _post.Fixture.Time;
        var bucket = new TokenBucket(perSecond: 10, burst: 2, time);
        Assert.True(bucket.TryTake(out _) && bucket.TryTake(out _));
        Assert.False(bucket.TryTake(out var wait));
        Assert.Equal(TimeSpan.FromMilliseconds(100), wait);
        time.Advance(TimeSpan.FromHours(1));
        Assert.True(bucket.TryTake(out _) && bucket.TryTake(out _));
        Assert.False(bucket.TryTake(out _));
    }
}
