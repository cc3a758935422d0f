using System.Text;
using Krewe.Core.Mailboxes;
using Krewe.Storage.Embedded;
using Krewe.Storage.Embedded.Database;
using Krewe.Storage.Tests.Mailboxes;

namespace Krewe.Storage.Tests.Embedded;

public sealed class DamageTests
{
    private const int Count = 200;

    [Fact]
    public async Task A_flipped_bit_in_a_table_costs_that_message_alone_and_raises_an_alarm()
    {
        await using var folder = new StoreFolder();
        await FillTables(folder);
        FlipAt(Find(folder, "*.sst", "needle-77."));
        await using var store = folder.Open();
        var items = (await store.Mailboxes.ReadAsync(Letters.Juliet, 0, 1000, 1 << 30)).Items;
        Same.Items(Letters.Range(1, Count).Select(seq => seq == 77 ? MailboxItem.Damaged(Letters.Juliet, 77) : Item(seq)), items);
        Assert.Contains(folder.Log.Errors, line => line.Contains("item 77", StringComparison.Ordinal) && line.Contains("juliet", StringComparison.Ordinal));
        Assert.DoesNotContain(folder.Log.Errors, line => line.Contains("needle", StringComparison.Ordinal));
        var history = await store.Mailboxes.ReadPeerAsync(Letters.Juliet, Letters.Romeo, long.MaxValue, 1000);
        Assert.Equal(Letters.Range(1, Count).Where(seq => seq != 77).Reverse(), history.Seqs());
        Assert.Equal(ItemKind.Damaged, (await store.Mailboxes.FindAsync(Letters.Juliet, Letters.Romeo, "m77"))!.Kind);
        Same.Item(Item(78), await store.Mailboxes.FindAsync(Letters.Juliet, Letters.Romeo, "m78"));
    }

    [Fact]
    public async Task A_damaged_table_does_not_stop_writing_even_when_compaction_meets_it()
    {
        await using var folder = new StoreFolder();
        await FillTables(folder);
        FlipAt(Find(folder, "*.sst", "needle-77."));
        await using var store = folder.Open();
        await store.Mailboxes.CommitAsync(Commit(Count + 1));
        for (var round = 0; round < 3; round++)
        {
            store.Host.Compact();
            var next = (await store.Mailboxes.OpenAsync(Letters.Juliet)).Last + 1;
            try
            {
                await store.Mailboxes.CommitAsync(Commit(next));
            }
            catch (StoreUnavailableException)
            {
                folder.Time.Advance(TimeSpan.FromSeconds(1));
                await store.Mailboxes.CommitAsync(Commit(next));
            }
        }
        var items = (await store.Mailboxes.ReadAsync(Letters.Juliet, 0, 1000, 1 << 30)).Items;
        Same.Items(Letters.Range(1, Count + 4).Select(seq => seq == 77 ? MailboxItem.Damaged(Letters.Juliet, 77) : Item(seq)), items);
    }

    [Fact]
    public async Task No_flipped_bit_anywhere_in_the_tables_makes_a_wrong_item()
    {
        await using var folder = new StoreFolder();
        await FillTables(folder);
        var table = Find(folder, "*.sst", "needle-77.").File;
        var whole = await File.ReadAllBytesAsync(table);
        var random = new Random(20261123);
        for (var round = 0; round < 40; round++)
        {
            var position = random.Next(whole.Length);
            await Damage(table, whole, position);
            EmbeddedStore store;
            try
            {
                store = folder.Open();
            }
            catch (StoreStartException e)
            {
                Assert.Contains("damaged", e.Message, StringComparison.Ordinal);
                continue;
            }
            await using (store)
            {
                try
                {
                    var items = (await store.Mailboxes.ReadAsync(Letters.Juliet, 0, 1000, 1 << 30)).Items;
                    Assert.Equal(Letters.Range(1, Count), items.Seqs());
                    Assert.All(items.Where(item => item.Kind != ItemKind.Damaged), item => Same.Item(Item(item.Seq), item));
                }
                catch (StoreUnavailableException)
                {
                    // Noticed, not served.
                }
            }
        }
    }

    [Fact]
    public async Task A_flipped_bit_in_the_log_is_turned_back_and_raises_an_alarm()
    {
        await using var folder = new StoreFolder();
        await using (var store = folder.Open())
        {
            await CommitAll(store);
        }
        FlipAt(Find(folder, "*.log", "needle-77."));
        await using var opened = folder.Open();
        Same.Items(Letters.Range(1, Count).Select(Item), (await opened.Mailboxes.ReadAsync(Letters.Juliet, 0, 1000, 1 << 30)).Items);
        Assert.Contains(folder.Log.Errors, line => line.Contains(".log at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_flipped_bit_of_log_and_manifest_is_found()
    {
        await using var folder = new StoreFolder();
        await using (var store = folder.Open())
        {
            foreach (var seq in Letters.Range(1, 7))
            {
                await store.Mailboxes.CommitAsync(Commit(seq));
            }
        }
        foreach (var file in (string[])[Find(folder, "*.log", "needle-7.").File, Directory.GetFiles(folder.Database, "MANIFEST-*").Single()])
        {
            var whole = await File.ReadAllBytesAsync(file);
            Assert.Empty(LogRepair.RepairBlock(whole.ToArray()));
            for (var bit = 0; bit < whole.Length * 8; bit++)
            {
                var bytes = whole.ToArray();
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.Equal(bit / 8, Assert.Single(LogRepair.RepairBlock(bytes)));
                Assert.Equal(whole, bytes);
            }
        }
    }

    [Fact]
    public async Task More_damage_to_the_log_is_refused_and_can_be_skipped_by_the_operators_word()
    {
        await using var folder = new StoreFolder();
        await using (var store = folder.Open())
        {
            await CommitAll(store);
        }
        var (file, position) = Find(folder, "*.log", "needle-77.");
        FlipAt((file, position));
        FlipAt((file, position + 2));
        var refusal = folder.Refused();
        Assert.Contains("SkipDamagedLog", refusal.Message, StringComparison.Ordinal);
        await using var opened = folder.Open(options => options.SkipDamagedLog = true);
        var items = (await opened.Mailboxes.ReadAsync(Letters.Juliet, 0, 1000, 1 << 30)).Items;
        // RocksDB drops the rest of the log's block of 32 KB with it.
        Assert.Equal(Letters.Range(1, Count), items.Seqs());
        Assert.All(items, item => Same.Item(item.Kind == ItemKind.Damaged ? MailboxItem.Damaged(Letters.Juliet, item.Seq) : Item(item.Seq), item));
        Assert.All(items[..76], item => Assert.Equal(ItemKind.Message, item.Kind));
        Assert.Equal(ItemKind.Damaged, items[76].Kind);
        await opened.Mailboxes.CommitAsync(Commit(Count + 1));
    }

    [Fact]
    public async Task A_log_that_ends_in_the_middle_of_a_record_is_a_crash_and_no_damage()
    {
        await using var folder = new StoreFolder();
        await using (var store = folder.Open())
        {
            await CommitAll(store);
        }
        var (file, position) = Find(folder, "*.log", $"needle-{Count}.");
        await using (var stream = new FileStream(file, FileMode.Open))
        {
            stream.SetLength(position + 3);
        }
        await using var opened = folder.Open();
        Assert.Equal(Count - 1, (await opened.Mailboxes.OpenAsync(Letters.Juliet)).Last);
    }

    [Theory]
    [InlineData("CURRENT")]
    [InlineData("MANIFEST-*")]
    public async Task A_store_without_its_directory_of_files_is_refused_not_made_anew(string file)
    {
        await using var folder = new StoreFolder();
        await FillTables(folder);
        foreach (var path in Directory.GetFiles(folder.Database, file))
        {
            File.Delete(path);
        }
        Assert.NotEmpty(folder.Refused().Message);
        Assert.NotEmpty(Directory.GetFiles(folder.Database, "*.sst"));
    }

    private static MailboxItem Item(long seq) => Letters.From(Letters.Romeo, Letters.Juliet, seq, body: $"needle-{seq}.");

    private static MailboxCommit Commit(long seq) => Letters.Commit(Letters.Juliet, Item(seq));

    private static async Task CommitAll(EmbeddedStore store)
    {
        // One by one, so that each is a record of its own in the log.
        foreach (var seq in Letters.Range(1, Count))
        {
            await store.Mailboxes.CommitAsync(Commit(seq));
        }
    }

    /// <summary>An opening writes what the log holds as tables.</summary>
    private static async Task FillTables(StoreFolder folder)
    {
        await using (var store = folder.Open())
        {
            await CommitAll(store);
        }
        await using (folder.Open())
        {
        }
    }

    private static (string File, int Position) Find(StoreFolder folder, string pattern, string text)
    {
        foreach (var file in Directory.GetFiles(folder.Database, pattern))
        {
            var position = File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.ASCII.GetBytes(text));
            if (position >= 0)
            {
                return (file, position);
            }
        }
        throw new InvalidOperationException($"No {pattern} has {text}.");
    }

    private static void FlipAt((string File, int Position) place)
    {
        var bytes = File.ReadAllBytes(place.File);
        bytes[place.Position] ^= 1;
        File.WriteAllBytes(place.File, bytes);
    }

    private static async Task Damage(string file, byte[] whole, int position)
    {
        var bytes = whole.ToArray();
        bytes[position] ^= 4;
        await File.WriteAllBytesAsync(file, bytes);
    }
}
