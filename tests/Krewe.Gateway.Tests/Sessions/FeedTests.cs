using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Connections;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Gateway.Sessions;
using Krewe.Gateway.Tests.Fakes;

namespace Krewe.Gateway.Tests.Sessions;

public sealed class FeedTests
{
    [Fact]
    public async Task Start_writes_what_comes_after_the_cursor()
    {
        var mailbox = new Mailbox(5);
        var sink = new Sink();
        var feed = mailbox.FeedTo(sink);
        feed.Start(2, 5);
        Assert.Equal<IEnumerable<long>>([3, 4, 5], await sink.UntilAsync(5));
    }

    [Fact]
    public async Task Offer_the_next_item_writes_it_without_a_read()
    {
        var mailbox = new Mailbox(1);
        var sink = new Sink();
        var feed = mailbox.FeedTo(sink);
        feed.Start(1, 1);
        Assert.True(Offer(feed, mailbox.Append()));
        Assert.False(Offer(feed, mailbox[2]));
        Assert.Equal<IEnumerable<long>>([2], await sink.UntilAsync(2));
        Assert.Equal(0, mailbox.Reads);
    }

    [Fact]
    public async Task Offer_before_the_start_is_not_lost()
    {
        var mailbox = new Mailbox(3);
        var sink = new Sink();
        var feed = mailbox.FeedTo(sink);
        Offer(feed, mailbox.Append());
        feed.Start(3, 3);
        Assert.Equal<IEnumerable<long>>([4], await sink.UntilAsync(4));
    }

    [Fact]
    public async Task Without_room_nothing_is_written_and_what_is_due_is_counted()
    {
        var mailbox = new Mailbox(0);
        var sink = new Sink { HasRoom = false };
        var feed = mailbox.FeedTo(sink);
        feed.Start(0, 0);
        for (var i = 0; i < 10; i++) Offer(feed, mailbox.Append());
        Assert.Empty(sink.Written);
        Assert.True(sink.OverdueBytes >= 2000);
        sink.HasRoom = true;
        feed.Resume();
        Assert.Equal<IEnumerable<long>>(Enumerable.Range(1, 10).Select(i => (long)i), await sink.UntilAsync(10));
    }

    [Fact]
    public async Task A_mailbox_that_is_away_is_asked_again()
    {
        var mailbox = new Mailbox(3) { Failures = 4 };
        var sink = new Sink();
        mailbox.FeedTo(sink).Start(0, 3);
        Assert.Equal<IEnumerable<long>>([1, 2, 3], await sink.UntilAsync(3));
    }

    [Fact]
    public async Task A_trimmed_mailbox_ends_the_session()
    {
        var mailbox = new Mailbox(3) { First = 3 };
        var sink = new Sink();
        mailbox.FeedTo(sink).Start(0, 3);
        Assert.Same(CloseReason.CursorExpired, await sink.Failed.Task.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task An_event_beyond_the_mailbox_is_disbelieved_in_the_end()
    {
        var mailbox = new Mailbox(2);
        var sink = new Sink();
        var feed = mailbox.FeedTo(sink);
        feed.Start(0, 7);
        await sink.UntilAsync(2);
        await Eventually.HoldsAsync(() => mailbox.Reads >= 7, "the mailbox was read again and again");
        Offer(feed, mailbox.Append());
        Assert.Equal<IEnumerable<long>>([1, 2, 3], await sink.UntilAsync(3));
    }

    // The disbelief of the last empty read took the new event with it.
    [Fact]
    public async Task An_event_that_comes_during_any_read_is_not_disbelieved_with_an_older_one()
    {
        for (var read = 1; read <= 7; read++)
        {
            var mailbox = new Mailbox(2);
            var sink = new Sink();
            var feed = mailbox.FeedTo(sink);
            // The page is made first, so the item is not on it, and the event comes before the page does.
            mailbox.AfterRead = (number, at) =>
            {
                if (number == at) Offer(feed, mailbox.Append());
            };
            mailbox.At = read;
            feed.Start(0, 7);
            Assert.Equal<IEnumerable<long>>([1, 2, 3], await sink.UntilAsync(3));
        }
    }

    [Fact]
    public async Task Stop_ends_the_writing()
    {
        var mailbox = new Mailbox(1);
        var sink = new Sink();
        var feed = mailbox.FeedTo(sink);
        feed.Start(0, 1);
        await sink.UntilAsync(1);
        feed.Stop();
        Assert.False(Offer(feed, mailbox.Append()));
        feed.Expect(2);
        Assert.Equal<IEnumerable<long>>([1], sink.Written);
    }

    /// <summary>Events are lost, repeated, late and out of order, reads fail, room comes and goes: the client sees the mailbox.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Whatever_becomes_of_the_events_the_client_sees_the_mailbox(int seed)
    {
        var random = new Random(seed);
        var mailbox = new Mailbox(random.Next(50));
        var sink = new Sink();
        var feed = mailbox.FeedTo(sink);
        var cursor = random.Next((int)mailbox.Last + 1);
        var late = new List<MailboxItem>();
        var starts = random.Next(400);
        for (var step = 0; step < 4_000; step++)
        {
            if (step == starts) feed.Start(cursor, mailbox.Last);
            if (random.Next(3) > 0)
            {
                var item = mailbox.Append();
                switch (random.Next(10))
                {
                    case 0: break;
                    case 1: late.Add(item); break;
                    case 2:
                        Offer(feed, item);
                        Offer(feed, item);
                        break;
                    default: Offer(feed, item); break;
                }
            }
            if (random.Next(5) == 0 && late.Count > 0)
            {
                var index = random.Next(late.Count);
                Offer(feed, late[index]);
                if (random.Next(2) == 0) late.RemoveAt(index);
            }
            if (random.Next(40) == 0) sink.HasRoom = !sink.HasRoom;
            if (sink.HasRoom && random.Next(10) == 0) feed.Resume();
            if (random.Next(200) == 0) mailbox.Failures = random.Next(2);
            if (random.Next(50) == 0) await Task.Yield();
        }
        sink.HasRoom = true;
        feed.Resume();
        feed.Expect(mailbox.Last);
        Assert.Equal<IEnumerable<long>>(Enumerable.Range(cursor + 1, (int)mailbox.Last - cursor).Select(i => (long)i), await sink.UntilAsync(mailbox.Last));
    }

    private static bool Offer(Feed feed, MailboxItem item)
    {
        var encoding = ItemEncoding.Rent();
        encoding.Item = item;
        var written = feed.Offer(encoding);
        ItemEncoding.Return(encoding);
        return written;
    }

    private sealed class Mailbox
    {
        private readonly Lock _lock = new();
        private readonly List<MailboxItem> _items = [];
        private int _failures;

        public Mailbox(int items)
        {
            for (var i = 0; i < items; i++) Append();
        }

        public int Reads { get; private set; }

        /// <summary>Called with the number of a read, and <see cref="At"/>, between the making of its page and its answer.</summary>
        public Action<int, int>? AfterRead { get; set; }

        public int At { get; set; }

        public int Failures { set => Volatile.Write(ref _failures, value); }

        public long First { get; init; } = 1;

        public long Last
        {
            get
            {
                lock (_lock) return _items.Count;
            }
        }

        public MailboxItem this[long seq] => _items[(int)seq - 1];

        public Feed FeedTo(Sink sink) => new(ReadAsync, sink, TimeProvider.System);

        public MailboxItem Append()
        {
            lock (_lock)
            {
                var item = new MailboxItem
                {
                    Seq = _items.Count + 1, Kind = ItemKind.Message, Id = "i", From = Jid.FromCanonical("a@b"), To = Jid.FromCanonical("c@d"), SentAt = default, Body = "hi",
                };
                _items.Add(item);
                return item;
            }
        }

        private async ValueTask<Outcome<MailboxPage>> ReadAsync(long after, int limit)
        {
            await Task.Yield();
            if (Interlocked.Decrement(ref _failures) >= 0) throw new TimeoutException("away");
            MailboxPage page;
            int number;
            lock (_lock)
            {
                number = ++Reads;
                if (after < First - 1) return Fault.CursorExpired(First);
                ImmutableArray<MailboxItem> items = [.. _items.Skip((int)after).Take(limit)];
                page = new MailboxPage(items, after + items.Length, _items.Count);
            }
            AfterRead?.Invoke(number, At);
            return page;
        }
    }

    private sealed class Sink : IFeedSink
    {
        private readonly Lock _lock = new();
        private readonly List<long> _written = [];
        private (long Seq, TaskCompletionSource Done)? _until;
        private volatile bool _hasRoom = true;

        public bool HasRoom
        {
            get => _hasRoom;
            set => _hasRoom = value;
        }

        public int OverdueBytes { get; private set; }

        public TaskCompletionSource<CloseReason> Failed { get; } = new();

        public long[] Written
        {
            get
            {
                lock (_lock) return [.. _written];
            }
        }

        public void Write(ItemEncoding item)
        {
            lock (_lock)
            {
                _written.Add(item.Item.Seq);
                if (_until is { } until && until.Seq <= item.Item.Seq) until.Done.TrySetResult();
            }
        }

        public void Flush()
        {
        }

        public void Overdue(int bytes) => OverdueBytes += bytes;

        public void Fail(CloseReason reason) => Failed.TrySetResult(reason);

        public async Task<long[]> UntilAsync(long seq)
        {
            Task done;
            lock (_lock)
            {
                if (_written.Count > 0 && _written[^1] >= seq) return [.. _written];
                _until = (seq, new(TaskCreationOptions.RunContinuationsAsynchronously));
                done = _until.Value.Done.Task;
            }
            await done.WaitAsync(TimeSpan.FromSeconds(20));
            return Written;
        }
    }
}
