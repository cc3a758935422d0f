using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Grains.Users;
using static Krewe.Grains.Tests.People;

namespace Krewe.Grains.Tests.Mailboxes;

public sealed class MailboxIdempotencyTests
{
    private readonly MailboxFixture _fixture = new();

    [Fact]
    public Task A_known_id_is_answered_with_what_was_stored_first() => Turns.RunAsync(async () =>
    {
        var mailbox = await _fixture.OpenAsync(Juliet);
        var first = await mailbox.AcceptAsync([Letter(Romeo, Juliet, "1") with { SentAt = DateTimeOffset.UnixEpoch.AddSeconds(1) }]);
        var again = await mailbox.AcceptAsync([Letter(Romeo, Juliet, "1") with { SentAt = DateTimeOffset.UnixEpoch.AddSeconds(2) }]);

        Assert.Equal(first[0].Value, again[0].Value);
        Assert.Single(_fixture.Store.Items(Juliet));
    });

    [Fact]
    public Task A_repetition_during_the_first_attempt_waits_for_it() => Turns.RunAsync(async () =>
    {
        var mailbox = await _fixture.OpenAsync(Juliet);
        var disk = new TaskCompletionSource();
        _fixture.Store.Before = _ => disk.Task;
        var attempts = Enumerable.Range(0, 10).Select(_ => mailbox.AcceptAsync([Letter(Romeo, Juliet, "1")])).ToList();
        await Turns.SettleAsync();
        Assert.DoesNotContain(attempts, attempt => attempt.IsCompleted);
        disk.SetResult();

        foreach (var attempt in attempts) Assert.Equal(1, (await attempt)[0].Value!.Seq);
        Assert.Single(_fixture.Store.Items(Juliet));
    });

    [Fact]
    public Task A_repetition_hears_of_the_failure_of_the_first_attempt() => Turns.RunAsync(async () =>
    {
        var mailbox = await _fixture.OpenAsync(Juliet);
        var disk = new TaskCompletionSource();
        _fixture.Store.Before = _ => disk.Task;
        var attempts = Enumerable.Range(0, 3).Select(_ => mailbox.AcceptAsync([Letter(Romeo, Juliet, "1")])).ToList();
        await Turns.SettleAsync();
        disk.SetException(new StoreUnavailableException("The disk is full."));

        foreach (var attempt in attempts) Assert.Equal(StoreFaults.Unavailable, (await attempt)[0].Fault);
    });

    [Fact]
    public Task The_same_item_twice_in_one_batch_is_stored_once() => Turns.RunAsync(async () =>
    {
        var mailbox = await _fixture.OpenAsync(Juliet);
        var letter = Letter(Romeo, Juliet, "1");
        var answers = await mailbox.AcceptAsync([letter, Letter(Romeo, Juliet, "2"), letter]);

        Assert.Equal([1, 2, 1], answers.Select(answer => answer.Value!.Seq));
    });

    [Fact]
    public Task Ids_belong_to_their_sender() => Turns.RunAsync(async () =>
    {
        var mailbox = await _fixture.OpenAsync(Juliet);
        var answers = await mailbox.AcceptAsync([Letter(Romeo, Juliet, "1"), Letter(Nurse, Juliet, "1")]);

        Assert.Equal([1, 2], answers.Select(answer => answer.Value!.Seq));
    });

    [Theory]
    [InlineData("body"), InlineData("thread"), InlineData("data"), InlineData("replaces"), InlineData("extensions")]
    public Task Another_message_under_a_known_id_is_a_conflict(string different) => Turns.RunAsync(async () =>
    {
        var mailbox = await _fixture.OpenAsync(Juliet);
        var letter = Letter(Romeo, Juliet, "1") with { Thread = "t", Data = "{}", Replaces = "0", Extensions = [1] };
        await mailbox.AcceptAsync([letter]);
        var other = different switch
        {
            "body" => letter with { Body = "x" },
            "thread" => letter with { Thread = "x" },
            "data" => letter with { Data = "[]" },
            "replaces" => letter with { Replaces = null },
            _ => letter with { Extensions = [2] },
        };

        var fault = (await mailbox.AcceptAsync([other]))[0].Fault;

        Assert.Equal(FaultCode.IdConflict, fault?.Code);
        Assert.Single(_fixture.Store.Items(Juliet));
    });

    [Fact]
    public Task A_look_up_that_began_before_the_first_attempt_was_durable_stores_nothing_twice() => Turns.RunAsync(async () =>
    {
        var mailbox = await _fixture.OpenAsync(Juliet);
        var lookUp = new TaskCompletionSource();
        _fixture.Store.BeforeRead = () => lookUp.Task;
        var first = mailbox.AcceptAsync([Letter(Romeo, Juliet, "1")]);
        var second = mailbox.AcceptAsync([Letter(Romeo, Juliet, "1")]);
        lookUp.SetResult();

        Assert.Equal((await first)[0].Value, (await second)[0].Value);
        Assert.Single(_fixture.Store.Items(Juliet));
    });
}
