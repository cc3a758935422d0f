using Krewe.Core.Administration;
using Microsoft.Extensions.Options;
using static Krewe.Grains.Tests.People;

namespace Krewe.Grains.Tests.Users;

public sealed class MessageTrailTests
{
    [Fact]
    public void The_newest_steps_are_remembered_and_the_others_are_not()
    {
        var trail = Trail(steps: 4);
        for (var i = 0; i < 6; i++) trail.Note(TrailStep.Stored, Juliet, Romeo, $"m{i}", i);

        Assert.Empty(trail.Find(Romeo, "m1").Entries);
        Assert.Equal(2, Assert.Single(trail.Find(Romeo, "m2").Entries).Seq);
        Assert.Equal(5, Assert.Single(trail.Find(Romeo, "m5").Entries).Seq);
        Assert.Empty(trail.Find(Juliet, "m5").Entries);
    }

    [Fact]
    public void Of_a_sampled_message_every_silo_remembers_all_steps()
    {
        var (one, other) = (Trail(1_000, sampleEvery: 3), Trail(1_000, sampleEvery: 3));
        for (var i = 0; i < 100; i++)
        {
            one.Note(TrailStep.Accepted, Romeo, Romeo, $"m{i}");
            other.Note(TrailStep.Stored, Juliet, Romeo, $"m{i}");
        }
        var kept = Enumerable.Range(0, 100).Select(i => (One: one.Find(Romeo, $"m{i}").Entries.Length, Other: other.Find(Romeo, $"m{i}").Entries.Length)).ToList();

        Assert.All(kept, message => Assert.Equal(message.One, message.Other));
        Assert.InRange(kept.Sum(message => message.One), 15, 60);
    }

    [Fact]
    public void None_are_remembered_where_none_are_wanted() => Assert.Empty(Noted(Trail(0)).Find(Romeo, "m").Entries);

    [Fact]
    public async Task What_is_read_while_others_write_is_whole()
    {
        var trail = Trail(steps: 8);
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 2).Select(writer => Task.Run(() =>
        {
            for (var i = 0L; !stop.IsCancellationRequested; i++) trail.Note(TrailStep.Written, Named($"u{i % 7}"), Romeo, "m", i % 7, $"s{i % 7}");
        })).ToArray();
        for (var i = 0; i < 20_000; i++)
            Assert.All(trail.Find(Romeo, "m").Entries, entry => Assert.Equal(($"u{entry.Seq}@{Domain}", $"s{entry.Seq}"), (entry.Owner.Text, entry.Detail)));
        await stop.CancelAsync();
        await Task.WhenAll(writers);
    }

    private static MessageTrail Trail(int steps, int sampleEvery = 1) =>
        new(Options.Create(new TrailOptions { Steps = steps, SampleEvery = sampleEvery }), TimeProvider.System);

    private static MessageTrail Noted(MessageTrail trail)
    {
        trail.Note(TrailStep.Accepted, Romeo, Romeo, "m");
        return trail;
    }
}
