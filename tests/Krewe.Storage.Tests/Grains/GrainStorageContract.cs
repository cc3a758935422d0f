using System.Text;
using Krewe.Core.Accounts;
using Krewe.Core.Addresses;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Krewe.Storage.Tests.Grains;

/// <summary>What Orleans expects of a grain storage. Every store inherits it.</summary>
public abstract class GrainStorageContract
{
    private static readonly GrainId Juliet = GrainId.Create("user", "juliet@capulet.example");
    private static readonly GrainId Romeo = GrainId.Create("user", "romeo@montague.example");

    protected abstract IGrainStorage Storage { get; }

    protected abstract IUserList Users { get; }

    [Fact]
    public async Task A_state_that_was_never_written_is_new_and_empty()
    {
        var state = new GrainState<Notes>(new Notes { Text = "left over" }) { ETag = "x", RecordExists = true };
        await Storage.ReadStateAsync("notes", Juliet, state);
        Assert.False(state.RecordExists);
        Assert.True(string.IsNullOrEmpty(state.ETag));
        Assert.Equal("", state.State!.Text);
    }

    [Fact]
    public async Task Users_are_listed_page_by_page_in_order_and_nobody_else()
    {
        // A name that begins like another, states of other names, grains of other types, and characters of four bytes.
        string[] users = ["a@x", "a@xy", "a.b@x", "romeo@x", "ü@x", "\U00010400@x"];
        foreach (var user in users)
        {
            await Storage.WriteStateAsync(IUserList.State, GrainId.Create("user", user), new GrainState<Notes>(new Notes()));
            await Storage.WriteStateAsync("roster", GrainId.Create("user", user + "z"), new GrainState<Notes>(new Notes()));
        }
        await Storage.WriteStateAsync(IUserList.State, GrainId.Create("users", "a@x"), new GrainState<Notes>(new Notes()));
        await Storage.WriteStateAsync(IUserList.State, GrainId.Create("use", "r@x"), new GrainState<Notes>(new Notes()));

        var all = await Users.ListAsync(null, 100);
        var pages = new List<string>();
        for (Jid? after = null; await Users.ListAsync(after, 4) is { IsEmpty: false } page; after = page[^1]) pages.AddRange(page.Select(user => user.Text));

        Assert.Equal(users.OrderBy(user => user, Comparer<string>.Create((a, b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b)))), all.Select(user => user.Text));
        Assert.Equal(all.Select(user => user.Text), pages);
        Assert.Empty(await Users.ListAsync(all[^1], 1));
    }

    [Fact]
    public async Task What_was_written_is_read()
    {
        var written = await Write("O Romeo");
        Assert.True(written.RecordExists);
        var read = await Read();
        Assert.True(read.RecordExists);
        Assert.Equal(written.ETag, read.ETag);
        Assert.Equal("O Romeo", read.State!.Text);
        Assert.Equal([1, 2], read.State!.Numbers);
    }

    [Fact]
    public async Task Every_write_changes_the_ETag()
    {
        var state = await Write("one");
        var first = state.ETag;
        await Storage.WriteStateAsync("notes", Juliet, state);
        Assert.NotEqual(first, state.ETag);
        Assert.Equal(state.ETag, (await Read()).ETag);
    }

    [Fact]
    public async Task A_write_over_a_newer_state_is_refused_and_changes_nothing()
    {
        await Write("one");
        var stale = await Read();
        var fresh = await Read();
        fresh.State!.Text = "two";
        await Storage.WriteStateAsync("notes", Juliet, fresh);
        stale.State!.Text = "stale";
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("notes", Juliet, stale));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.ClearStateAsync("notes", Juliet, stale));
        Assert.Equal("two", (await Read()).State!.Text);
    }

    [Fact]
    public async Task A_first_write_is_refused_where_a_state_is()
    {
        await Write("one");
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("notes", Juliet, new GrainState<Notes>(new Notes())));
    }

    [Fact]
    public async Task Of_two_writers_at_the_same_time_one_wins()
    {
        var state = await Write("zero");
        var tasks = Enumerable.Range(0, 10).Select(i =>
            Storage.WriteStateAsync("notes", Juliet, new GrainState<Notes>(new Notes { Text = $"{i}" }) { ETag = state.ETag, RecordExists = true })).ToArray();
        await Task.WhenAll(tasks).ContinueWith(_ => { }, TaskScheduler.Default);
        var winner = Assert.Single(tasks, task => task.IsCompletedSuccessfully);
        Assert.All(tasks.Except([winner]), task => Assert.IsType<InconsistentStateException>(task.Exception!.InnerException));
        Assert.Equal($"{Array.IndexOf(tasks, winner)}", (await Read()).State!.Text);
    }

    [Fact]
    public async Task A_cleared_state_is_new_and_its_old_ETag_is_worth_nothing()
    {
        var state = await Write("one");
        var old = state.ETag;
        await Storage.ClearStateAsync("notes", Juliet, state);
        Assert.False(state.RecordExists);
        Assert.Equal("", state.State!.Text);
        Assert.False((await Read()).RecordExists);
        await Storage.WriteStateAsync("notes", Juliet, state);
        await Assert.ThrowsAsync<InconsistentStateException>(() =>
            Storage.WriteStateAsync("notes", Juliet, new GrainState<Notes>(new Notes()) { ETag = old, RecordExists = true }));
    }

    [Fact]
    public async Task Clearing_what_is_not_there_is_no_error()
    {
        await Storage.ClearStateAsync("notes", Juliet, new GrainState<Notes>(new Notes()));
        Assert.False((await Read()).RecordExists);
    }

    [Fact]
    public async Task States_and_grains_are_kept_apart()
    {
        await Write("notes of Juliet");
        await Storage.WriteStateAsync("other", Juliet, new GrainState<Notes>(new Notes { Text = "other of Juliet" }));
        await Storage.WriteStateAsync("notes", Romeo, new GrainState<Notes>(new Notes { Text = "notes of Romeo" }));
        Assert.Equal("notes of Juliet", (await Read()).State!.Text);
        var romeos = new GrainState<Notes>(new Notes());
        await Storage.ReadStateAsync("notes", Romeo, romeos);
        Assert.Equal("notes of Romeo", romeos.State!.Text);
    }

    private async Task<GrainState<Notes>> Write(string text)
    {
        var state = new GrainState<Notes>(new Notes { Text = text, Numbers = [1, 2] });
        await Storage.WriteStateAsync("notes", Juliet, state);
        return state;
    }

    private async Task<GrainState<Notes>> Read()
    {
        var state = new GrainState<Notes>(new Notes());
        await Storage.ReadStateAsync("notes", Juliet, state);
        return state;
    }

    [GenerateSerializer, Alias("krewe.tests.Notes")]
    public sealed class Notes
    {
        [Id(0)] public string Text { get; set; } = "";

        [Id(1)] public List<int> Numbers { get; set; } = [];
    }
}
