using System.Diagnostics;
using Krewe.Core.Mailboxes;
using Krewe.Storage.Embedded;
using Krewe.Storage.Tests.Mailboxes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Krewe.Storage.Tests.Embedded;

public sealed class FullDiskTests
{
    private const string Variable = "KREWE_STORAGE_TESTS_FULL_DISK";

    [Fact]
    public async Task Short_of_space_writes_are_refused_reads_and_trims_go_on_and_it_recovers_by_itself()
    {
        await using var folder = new StoreFolder();
        await using var store = folder.Open(options => options.MinFreeMegabytes = 64);
        await store.Mailboxes.CommitAsync(Letters.ToJuliet(1, 10));
        folder.FreeBytes = 63 << 20;
        folder.Time.Advance(TimeSpan.FromSeconds(1));
        var refusal = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Mailboxes.CommitAsync(Letters.ToJuliet(11)));
        Assert.Contains("63 MB are free", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(10, (await store.Mailboxes.ReadAsync(Letters.Juliet, 0, 100, 1 << 20)).Items.Length);
        await store.Mailboxes.TrimAsync(Letters.Juliet, 4);
        Assert.Equal(5, (await store.Mailboxes.OpenAsync(Letters.Juliet)).First);
        folder.FreeBytes = 1L << 40;
        folder.Time.Advance(TimeSpan.FromSeconds(1));
        await store.Mailboxes.CommitAsync(Letters.ToJuliet(11));
    }

    [Fact]
    public async Task A_disk_that_is_really_full_loses_nothing_and_takes_writes_again_when_there_is_space()
    {
        if (!OperatingSystem.IsLinux() || !await CanMountAsync())
        {
            Assert.Skip("Needs Linux and the right to mount a small file system of its own (unshare).");
        }
        await using var folder = new StoreFolder();
        Directory.CreateDirectory(folder.Path);
        using var child = Process.Start(Shell($"mount -t tmpfs -o size=128m none '{folder.Path}' && exec {Self()}", folder.Path))!;
        var output = await child.StandardOutput.ReadToEndAsync();
        var errors = await child.StandardError.ReadToEndAsync();
        await child.WaitForExitAsync();
        Assert.True(output.EndsWith("well\n", StringComparison.Ordinal), output + errors);
    }

    /// <summary>What the test program does when it is started as the child on a small file system.</summary>
    public static async Task<bool> RunAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } path)
        {
            return false;
        }
        var ballast = Path.Combine(path, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[64 << 20]);
        using var metrics = new EmbeddedStorageMetrics(new StoreFolder.Meters());
        await using (var store = EmbeddedStore.Open(Options(path), metrics, NullLoggerFactory.Instance, TimeProvider.System))
        {
            var acked = 0L;
            while (await TryAppendAsync(store, acked + 1))
            {
                acked++;
            }
            Console.WriteLine($"full after {acked}: {store.Trouble}");
            await CheckAsync(store, acked);
            Assert.False(await TryAppendAsync(store, acked + 1), "A full disk took a write.");
            File.Delete(ballast);
            var since = Stopwatch.StartNew();
            while (store.Trouble is not null)
            {
                Assert.True(since.Elapsed < TimeSpan.FromSeconds(10), $"Not recovered: {store.Trouble}");
                await Task.Delay(100);
            }
            // The write that failed may have happened.
            var last = (await store.Mailboxes.OpenAsync(Letters.Juliet)).Last;
            Assert.InRange(last, acked, acked + 1);
            Assert.True(await TryAppendAsync(store, last + 1), "There is space, and no write is taken.");
            await CheckAsync(store, last + 1);
        }
        Console.WriteLine("well");
        return true;
    }

    private static EmbeddedStorageOptions Options(string path) => new() { Path = Path.Combine(path, "data"), MinFreeMegabytes = 0 };

    private static MailboxCommit Commit(long seq) => Letters.ToJuliet(seq, body: new string((char)('a' + (seq % 26)), 30_000));

    private static async Task<bool> TryAppendAsync(EmbeddedStore store, long seq)
    {
        try
        {
            await store.Mailboxes.CommitAsync(Commit(seq));
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    private static async Task CheckAsync(EmbeddedStore store, long last)
    {
        for (var seq = 1L; seq <= last; seq++)
        {
            Same.Items(Commit(seq).Items, (await store.Mailboxes.ReadAsync(Letters.Juliet, seq - 1, 1, 1)).Items);
        }
    }

    private static async Task<bool> CanMountAsync()
    {
        try
        {
            using var process = Process.Start(Shell("mount -t tmpfs none /mnt", ""))!;
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static ProcessStartInfo Shell(string command, string path) => new("unshare", ["-rm", "sh", "-c", command])
    {
        RedirectStandardOutput = true, RedirectStandardError = true, Environment = { [Variable] = path },
    };

    private static string Self() => Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
        ? $"'{Environment.ProcessPath}' '{typeof(FullDiskTests).Assembly.Location}'"
        : $"'{Environment.ProcessPath}'";
}
