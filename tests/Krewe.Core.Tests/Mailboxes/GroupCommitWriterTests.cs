using System.Collections.Concurrent;
using Krewe.Core.Mailboxes;
using Xunit;

namespace Krewe.Core.Tests.Mailboxes;

public sealed class GroupCommitWriterTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_comes_while_a_commit_runs_goes_into_the_next_one_together()
    {
        using var disk = new Disk();
        await using var writer = Writer(disk);
        var tasks = new List<Task> { writer.WriteAsync("first") };
        await disk.CommitBegun();
        tasks.AddRange(Enumerable.Range(0, 100).Select(i => writer.WriteAsync($"{i}")));
        disk.Release(2);
        await Task.WhenAll(tasks).WaitAsync(Patience);
        Assert.Equal([1, 100], disk.Commits.Select(commit => commit.Length));
    }

    [Fact]
    public async Task A_commit_is_bounded_in_rows()
    {
        using var disk = new Disk { RowsOfEach = 10 };
        await using var writer = Writer(disk, new GroupCommitOptions { MaxRows = 25 });
        var tasks = new List<Task> { writer.WriteAsync("first") };
        await disk.CommitBegun();
        tasks.AddRange(Enumerable.Range(0, 7).Select(i => writer.WriteAsync($"{i}")));
        disk.Release(10);
        await Task.WhenAll(tasks).WaitAsync(Patience);
        Assert.Equal([1, 3, 3, 1], disk.Commits.Select(commit => commit.Length));
    }

    [Fact]
    public async Task Nothing_completes_before_its_commit_does()
    {
        using var disk = new Disk();
        await using var writer = Writer(disk);
        var write = writer.WriteAsync("x");
        await disk.CommitBegun();
        Assert.False(write.IsCompleted);
        disk.Release(1);
        await write.WaitAsync(Patience);
    }

    [Fact]
    public async Task Writes_are_committed_in_the_order_of_the_calls()
    {
        using var disk = new Disk();
        disk.Release(int.MaxValue / 2);
        await using var writer = Writer(disk, new GroupCommitOptions { QueueLength = 3, MaxRows = 7 });
        var names = Enumerable.Range(0, 1000).Select(i => $"{i}").ToArray();
        await Task.WhenAll(names.Select(name => writer.WriteAsync(name))).WaitAsync(Patience);
        Assert.Equal(names, disk.Commits.SelectMany(commit => commit));
    }

    [Fact]
    public async Task A_refused_write_fails_alone()
    {
        using var disk = new Disk { Refuse = write => write == "bad" };
        disk.Release(100);
        await using var writer = Writer(disk);
        var good = writer.WriteAsync("good");
        var bad = writer.WriteAsync("bad");
        var better = writer.WriteAsync("better");
        await Task.WhenAll(good, better).WaitAsync(Patience);
        await Assert.ThrowsAsync<InvalidOperationException>(() => bad.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_commit_that_fails_fails_all_of_its_writes_and_the_next_one_goes_on()
    {
        using var disk = new Disk { FailCommit = 1 };
        await using var writer = Writer(disk);
        var first = writer.WriteAsync("a");
        await disk.CommitBegun();
        var failing = Enumerable.Range(0, 3).Select(i => writer.WriteAsync($"{i}")).ToArray();
        disk.Release(2);
        await first.WaitAsync(Patience);
        foreach (var task in failing)
        {
            await Assert.ThrowsAsync<IOException>(() => task.WaitAsync(Patience));
        }
        disk.Release(1);
        await writer.WriteAsync("later").WaitAsync(Patience);
    }

    [Fact]
    public async Task A_full_queue_makes_callers_wait_and_a_cancelled_one_leaves_nothing()
    {
        using var disk = new Disk();
        await using var writer = Writer(disk, new GroupCommitOptions { QueueLength = 2 });
        var first = writer.WriteAsync("first");
        await disk.CommitBegun();
        var queued = new[] { writer.WriteAsync("1"), writer.WriteAsync("2") };
        using var impatient = new CancellationTokenSource();
        var cancelled = writer.WriteAsync("cancelled", impatient.Token);
        var waiting = writer.WriteAsync("3");
        Assert.Equal(2, writer.QueueLength);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Patience));
        disk.Release(10);
        await Task.WhenAll([first, .. queued, waiting]).WaitAsync(Patience);
        Assert.Equal(["first", "1", "2", "3"], disk.Commits.SelectMany(commit => commit));
    }

    [Fact]
    public async Task Stopping_commits_what_waits_and_refuses_what_comes_later()
    {
        using var disk = new Disk();
        var writer = Writer(disk);
        var tasks = new List<Task> { writer.WriteAsync("first") };
        await disk.CommitBegun();
        tasks.Add(writer.WriteAsync("second"));
        var stopping = writer.DisposeAsync().AsTask();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => writer.WriteAsync("late").WaitAsync(Patience));
        Assert.False(stopping.IsCompleted);
        disk.Release(2);
        await Task.WhenAll([.. tasks, stopping]).WaitAsync(Patience);
        await writer.DisposeAsync();
    }

    private static GroupCommitWriter<string> Writer(Disk disk, GroupCommitOptions? options = null) => new(disk, options ?? new GroupCommitOptions());

    /// <summary>A disk that flushes when the test says so.</summary>
    private sealed class Disk : ICommitter<string>, IDisposable
    {
        private readonly SemaphoreSlim _begun = new(0);
        private readonly SemaphoreSlim _flush = new(0);
        private int _number;

        public ConcurrentQueue<string[]> Commits { get; } = new();

        public int RowsOfEach { get; init; } = 1;

        public Func<string, bool> Refuse { get; init; } = _ => false;

        public int FailCommit { get; init; } = -1;

        public int RowsOf(string write) => RowsOfEach;

        public async ValueTask CommitAsync(IReadOnlyList<string> writes, Exception?[] refusals)
        {
            _begun.Release();
            await _flush.WaitAsync();
            if (_number++ == FailCommit)
            {
                throw new IOException("The disk is gone.");
            }
            Commits.Enqueue([.. writes]);
            for (var i = 0; i < refusals.Length; i++)
            {
                refusals[i] = Refuse(writes[i]) ? new InvalidOperationException(writes[i]) : null;
            }
        }

        public void Dispose()
        {
            _begun.Dispose();
            _flush.Dispose();
        }

        public void Release(int commits) => _flush.Release(commits);

        public async Task CommitBegun() => Assert.True(await _begun.WaitAsync(Patience), "No commit has begun.");
    }
}
