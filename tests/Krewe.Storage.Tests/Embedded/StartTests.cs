using System.Globalization;
using Krewe.Core.Mailboxes;
using Krewe.Storage.Tests.Mailboxes;

namespace Krewe.Storage.Tests.Embedded;

public sealed class StartTests
{
    [Fact]
    public async Task Everything_is_there_after_a_restart()
    {
        await using var folder = new StoreFolder();
        byte[] secret;
        await using (var store = folder.Open())
        {
            await store.Mailboxes.CommitAsync(Letters.ToJuliet(1, 5) with { State = [9] });
            await store.Mailboxes.TrimAsync(Letters.Juliet, 2);
            secret = store.Secret.Key.ToArray();
        }
        await using (var store = folder.Open())
        {
            var head = await store.Mailboxes.OpenAsync(Letters.Juliet);
            Assert.Equal((3, 5), (head.First, head.Last));
            Assert.Equal([9], head.State!);
            Assert.Equal(secret, store.Secret.Key.ToArray());
            await store.Mailboxes.CommitAsync(Letters.ToJuliet(6));
        }
    }

    [Fact]
    public async Task A_second_start_on_the_same_path_is_refused_with_path_and_process()
    {
        await using var folder = new StoreFolder();
        await using (folder.Open())
        {
            var refusal = folder.Refused();
            Assert.Contains(folder.Path, refusal.Message, StringComparison.Ordinal);
            Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), refusal.Message, StringComparison.Ordinal);
        }
        await using var after = folder.Open();
    }

    [Fact]
    public async Task Another_process_on_the_same_path_is_refused_and_a_killed_one_leaves_no_lock()
    {
        await using var folder = new StoreFolder();
        using (var child = AppendingChild.Start(folder.Path, count: 1_000_000))
        {
            await child.AckedAsync(1);
            var refusal = folder.Refused();
            Assert.Contains($"process {child.ProcessId}", refusal.Message, StringComparison.Ordinal);
            child.Kill();
        }
        await using var store = folder.Open();
    }

    [Fact]
    public async Task A_newer_format_is_refused()
    {
        await using var folder = new StoreFolder();
        await using (folder.Open())
        {
        }
        var file = Path.Combine(folder.Path, "format");
        Assert.Equal("krewe 1\n", await File.ReadAllTextAsync(file));
        await File.WriteAllTextAsync(file, "krewe 2\n");
        Assert.Contains("newer Krewe (format 2; this one knows up to 1)", folder.Refused().Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, "gibberish");
        Assert.Contains("damaged", folder.Refused().Message, StringComparison.Ordinal);
        File.Delete(file);
        Assert.Contains("no file \"format\"", folder.Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_secret_is_random_and_private_and_a_damaged_one_is_refused()
    {
        await using var folder = new StoreFolder();
        await using (var store = folder.Open())
        {
            Assert.Equal(32, store.Secret.Key.Length);
            Assert.True(store.Secret.Key.ToArray().Distinct().Count() > 8);
        }
        var file = Path.Combine(folder.Path, "secret");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.Path));
        }
        await File.WriteAllTextAsync(file, "short");
        Assert.Contains("secret", folder.Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_is_a_file_is_refused()
    {
        await using var folder = new StoreFolder();
        Directory.CreateDirectory(folder.Path);
        var file = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(file, "");
        Assert.Contains(file, folder.Refused(options => options.Path = file).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_closing_every_call_says_that_the_store_is_closed()
    {
        await using var folder = new StoreFolder();
        var store = folder.Open();
        var mailboxes = store.Mailboxes;
        await store.DisposeAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await mailboxes.OpenAsync(Letters.Juliet));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => mailboxes.CommitAsync(Letters.ToJuliet(1)));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => mailboxes.TrimAsync(Letters.Juliet, 1));
    }

    [Fact]
    public async Task Closing_commits_what_waits()
    {
        await using var folder = new StoreFolder();
        var store = folder.Open();
        var tasks = Letters.Range(1, 2_000).Select(seq => store.Mailboxes.CommitAsync(Letters.ToJuliet(seq))).ToArray();
        await store.DisposeAsync();
        await Task.WhenAll(tasks);
        await using var again = folder.Open();
        Assert.Equal(2_000, (await again.Mailboxes.OpenAsync(Letters.Juliet)).Last);
    }

    [Fact]
    public async Task A_killed_process_loses_nothing_that_it_acknowledged()
    {
        await using var folder = new StoreFolder();
        var random = new Random(20261123);
        long acked = 0;
        for (var round = 0; round < 5; round++)
        {
            using var child = AppendingChild.Start(folder.Path, count: 1_000_000);
            acked = await child.AckedAsync(acked + random.Next(1, 2_000));
            acked = Math.Max(acked, child.Kill());
            await using var store = folder.Open();
            var head = await store.Mailboxes.OpenAsync(AppendingChild.Owner);
            Assert.InRange(head.Last, acked, long.MaxValue);
            var items = (await store.Mailboxes.ReadAsync(AppendingChild.Owner, 0, int.MaxValue, int.MaxValue)).Items;
            Assert.Equal(head.Last, items.Length);
            for (var i = 0; i < items.Length; i++)
            {
                Same.Item(AppendingChild.Item(i + 1), items[i]);
            }
            Assert.Equal(acked, (await store.Mailboxes.FindAsync(AppendingChild.Owner, Letters.Romeo, $"m{acked}"))!.Seq);
            acked = head.Last;
        }
    }
}
