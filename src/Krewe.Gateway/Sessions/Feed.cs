using Krewe.Core.Connections;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;

namespace Krewe.Gateway.Sessions;

/// <summary>
/// A session's cursor, and what moves it. It writes every item after the cursor to its sink, once and in <c>seq</c> order,
/// whatever the live events do: they are hints that may be lost, repeated or late, and what they leave out is read from the mailbox.
/// </summary>
/// <remarks>
/// The item at cursor + 1 is written the moment it comes. While the client is behind, nothing is kept for it: the feed only
/// notes how far the mailbox reaches and reads on from the cursor when there is room again.
/// </remarks>
internal sealed class Feed(Feed.ReadPage read, IFeedSink sink, TimeProvider time)
{
    /// <summary>Items in one read, at most; the mailbox bounds the bytes.</summary>
    internal const int PageItems = 200;

    // The grain knows of an event's item, for it is durable before the event goes out. Only another activation, about to be
    // fenced off, may not; it is gone within moments.
    private const int ReadsBeforeDisbelief = 6;

    private readonly Lock _lock = new();
    private State _state;
    private long _cursor;
    private long _known;
    private int _pageItems = PageItems;
    private int _hints;

    /// <summary>Reads a page of the mailbox.</summary>
    internal delegate ValueTask<Outcome<MailboxPage>> ReadPage(long after, int limit);

    private enum State
    {
        /// <summary>Not begun: events are noted only.</summary>
        New,
        /// <summary>The sink has everything that is known of.</summary>
        Live,
        /// <summary>A gap is being read.</summary>
        Reading,
        /// <summary>Behind, and the sink has no room.</summary>
        Blocked,
        Stopped,
    }

    /// <summary>The <c>seq</c> of the last item that was written.</summary>
    public long Cursor => Volatile.Read(ref _cursor);

    /// <summary>Begins to write what comes after <paramref name="cursor"/>, up to what events told of meanwhile and on.</summary>
    public void Start(long cursor, long last)
    {
        lock (_lock)
        {
            if (_state != State.New) return;
            (_state, _cursor) = (State.Live, cursor);
        }
        Expect(last);
    }

    /// <summary>Takes a live event. True if the item was written, so that the sink wants to be flushed.</summary>
    public bool Offer(ItemEncoding item)
    {
        var seq = item.Item.Seq;
        lock (_lock)
        {
            if (seq <= _cursor || _state == State.Stopped) return false;
            Note(seq);
            if (_state == State.Blocked) sink.Overdue(ItemEncoding.EstimateBytes(item.Item));
            if (_state != State.Live) return false;
            if (seq == _cursor + 1)
            {
                if (sink.HasRoom)
                {
                    sink.Write(item);
                    _cursor = seq;
                    return true;
                }
                _state = State.Blocked;
                sink.Overdue(ItemEncoding.EstimateBytes(item.Item));
                return false;
            }
            _state = State.Reading;
        }
        Read();
        return false;
    }

    /// <summary>The mailbox reaches to <paramref name="last"/>; what is missing is read.</summary>
    public void Expect(long last)
    {
        lock (_lock)
        {
            if (last > _cursor) Note(last);
            if (_state != State.Live || _known <= _cursor) return;
            _state = State.Reading;
        }
        Read();
    }

    /// <summary>The sink has room again.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            if (_state != State.Blocked || !sink.HasRoom) return;
            _state = State.Reading;
        }
        Read();
    }

    public void Stop()
    {
        lock (_lock) _state = State.Stopped;
    }

    // Never on the caller's thread, which may be the stream's consumer.
    private void Read() => ThreadPool.UnsafeQueueUserWorkItem(static feed => _ = feed.ReadGapAsync(), this, preferLocal: false);

    private async Task ReadGapAsync()
    {
        var attempt = 0;
        var empty = 0;
        while (NextRead() is { } next)
        {
            Outcome<MailboxPage> outcome;
            try
            {
                outcome = await read(next.After, next.Limit).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                outcome = Fault.Unavailable(error.Message, TimeSpan.Zero);
            }
            if (outcome.TryGet(out var page, out var fault))
            {
                if (Take(page))
                {
                    sink.Flush();
                    attempt = empty = 0;
                    continue;
                }
                if (++empty >= ReadsBeforeDisbelief && !Disbelieve(next.Hints)) empty = 0;
            }
            // Unauthorized: the account has been disabled or deleted, and word of why the session ends is on its way.
            else if (fault.Code is not (FaultCode.Unavailable or FaultCode.RateLimited or FaultCode.Unauthorized))
            {
                Fail(fault.Code == FaultCode.CursorExpired ? CloseReason.CursorExpired : CloseReason.Internal);
                return;
            }
            await Task.Delay(Backoff.Delay(attempt++), time).ConfigureAwait(false);
        }
    }

    /// <summary>What to read, or null when there is nothing left to do.</summary>
    private (long After, int Limit, int Hints)? NextRead()
    {
        lock (_lock)
        {
            if (_state == State.Stopped) return null;
            if (_cursor >= _known) _state = State.Live;
            else if (!sink.HasRoom) _state = State.Blocked;
            else return (_cursor, _pageItems, _hints);
            return null;
        }
    }

    /// <summary>Writes as much of a page as there is room for; the rest will be read again. True if it moved the cursor.</summary>
    private bool Take(MailboxPage page)
    {
        var encoding = ItemEncoding.Rent();
        var written = 0;
        lock (_lock)
        {
            if (_state == State.Stopped) return false;
            _known = Math.Max(_known, page.Last);
            foreach (var item in page.Items)
            {
                if (item.Seq <= _cursor) continue;
                if (item.Seq != _cursor + 1 || !sink.HasRoom) break;
                encoding.Item = item;
                sink.Write(encoding);
                _cursor = item.Seq;
                written++;
            }
            // A page that mostly did not fit was read in vain: big items are read a few at a time.
            _pageItems = written == page.Items.Length ? PageItems : Math.Clamp(written * 2, 1, PageItems);
        }
        ItemEncoding.Return(encoding);
        return written > 0;
    }

    /// <summary>Forgets how far the mailbox was said to reach, unless somebody said so anew since the last read began.</summary>
    private bool Disbelieve(int hints)
    {
        lock (_lock)
        {
            if (_hints != hints) return false;
            _known = _cursor;
            return true;
        }
    }

    private void Note(long seq)
    {
        _known = Math.Max(_known, seq);
        _hints++;
    }

    private void Fail(CloseReason reason)
    {
        Stop();
        sink.Fail(reason);
    }
}
