using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;
using Krewe.Storage.Postgres.Mailboxes;
using Krewe.Storage.Postgres.Pushes;
using Npgsql;
using static Krewe.Storage.Postgres.Database.Statements;

namespace Krewe.Storage.Postgres.Commits;

/// <summary>The writes of one transaction: what they must know, what is decided about each, what is written.</summary>
/// <remarks>All decisions fall between locking the owners' heads and writing, so that no other silo changes what they rest on. A group may be abandoned while
/// it runs: nothing in it is anybody else's.</remarks>
internal sealed class CommitGroup(StoreWrite[] writes)
{
    private const string MakeHeads =
        "insert into krewe_mailboxes (owner) select n.o from unnest($1) as n(o) where not exists (select 1 from krewe_mailboxes m where m.owner = n.o) on conflict (owner) do nothing";

    // In one order everywhere: two silos that write to the same mailboxes wait for each other, but not in a circle.
    private const string LockHeads = "select owner, last_seq, revision from krewe_mailboxes where owner = any($1) order by owner for update";

    private const string PutItems = "insert into krewe_items (owner, seq, id_key, peer_key, sent_at, item) select * from unnest($1, $2, $3, $4, $5, $6)";

    private const string PutHeads = """
        update krewe_mailboxes m set last_seq = n.last_seq, revision = n.revision, state = coalesce(n.state, m.state)
        from unnest($1, $2, $3, $4) as n(owner, last_seq, revision, state) where m.owner = n.owner
        """;

    private readonly Dictionary<Jid, Head> _heads = [];
    private readonly Dictionary<PushKey, PushRow?> _pushes = [];
    private readonly HashSet<PushKey> _changedPushes = [];
    private readonly Dictionary<PushKey, SetAsidePush> _asides = [];
    private readonly List<(string Owner, ItemRow Row)> _items = [];

    /// <summary>One place for each write; null: it is good.</summary>
    public Exception?[] Refusals { get; } = new Exception?[writes.Length];

    /// <summary>Rows that will be written.</summary>
    public int Rows => _items.Count + _heads.Values.Count(head => head.Changed) + _changedPushes.Count + _asides.Count;

    public int Fenced { get; private set; }

    /// <summary>There may be a push to claim that was not there before.</summary>
    public bool PutsPush => _changedPushes.Any(key => _pushes[key] is not null);

    /// <summary>A mailbox was deleted between making its head and locking it: the group must be tried again.</summary>
    public bool MissedHead { get; private set; }

    /// <summary>Adds the statements that begin the transaction and lock what the writes depend on.</summary>
    public void Lock(NpgsqlBatch batch)
    {
        batch.BatchCommands.Add(Statement("begin isolation level read committed"));
        var perhapsNew = writes.OfType<StoreWrite.Append>().Where(write => write.Rows is [] or [{ Seq: 1 }, ..]).Select(write => write.Owner.Text).Distinct().Order(StringComparer.Ordinal).ToArray();
        if (perhapsNew.Length > 0)
            batch.BatchCommands.Add(Statement(MakeHeads, Texts(perhapsNew)));
        batch.BatchCommands.Add(Statement(LockHeads, Texts(writes.Select(write => write.Owner.Text).Distinct())));
        foreach (var write in writes)
        {
            if (write is StoreWrite.PushSettle settle)
                _pushes.TryAdd(PushKey.Of(settle.Claimed), null);
            else if (write is StoreWrite.Append append)
                foreach (var push in append.Commit.Pushes)
                    _pushes.TryAdd(new PushKey(append.Owner, push.Device), null);
        }
        if (_pushes.Count > 0)
            batch.BatchCommands.Add(PushRow.Lock(_pushes.Keys));
    }

    /// <summary>Takes what <see cref="Lock"/> asked for.</summary>
    public async Task ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        // Statements without rows have no result of their own: the first is that of the heads.
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            _heads[Jid.FromCanonical(reader.GetString(0))] = new Head { Last = reader.GetInt64(1), Revision = reader.GetInt64(2) };
        if (!await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
            return;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var row = PushRow.Read(reader);
            _pushes[PushKey.Of(row.Push)] = row;
        }
        while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
        {
        }
    }

    /// <summary>Decides about each write in the order of the calls; one that is refused leaves nothing.</summary>
    public void Decide()
    {
        for (var i = 0; i < writes.Length; i++)
        {
            switch (writes[i])
            {
                case StoreWrite.Append append:
                    Refusals[i] = Decide(append);
                    break;
                case StoreWrite.PushSettle settle:
                    Decide(settle);
                    break;
                default:
                    throw new NotSupportedException(writes[i].GetType().Name);
            }
        }
    }

    /// <summary>Adds the statements that write what was decided, and the commit.</summary>
    public void Write(NpgsqlBatch batch)
    {
        if (_items.Count > 0)
            batch.BatchCommands.Add(Statement(
                PutItems, Texts(_items.Select(item => item.Owner)), Longs(_items.Select(item => item.Row.Seq)), Longs(_items.Select(item => item.Row.IdKey)),
                Longs(_items.Select(item => item.Row.PeerKey)), Longs(_items.Select(item => item.Row.SentAt)), Bytes(_items.Select(item => item.Row.Item))));
        var heads = _heads.Where(head => head.Value.Changed).ToArray();
        if (heads.Length > 0)
            batch.BatchCommands.Add(Statement(
                PutHeads, Texts(heads.Select(head => head.Key.Text)), Longs(heads.Select(head => head.Value.Last)), Longs(heads.Select(head => head.Value.Revision)),
                Bytes(heads.Select(head => head.Value.State))));
        var put = _changedPushes.Select(key => _pushes[key]).OfType<PushRow>().ToArray();
        if (put.Length > 0)
            batch.BatchCommands.Add(PushRow.Put(put));
        var gone = _changedPushes.Where(key => _pushes[key] is null).ToArray();
        if (gone.Length > 0)
            batch.BatchCommands.Add(PushRow.Delete(gone));
        if (_asides.Count > 0)
            batch.BatchCommands.Add(AsideRow.Put(_asides.Values));
        batch.BatchCommands.Add(Statement("commit"));
    }

    private MailboxFencedException? Decide(StoreWrite.Append append)
    {
        var commit = append.Commit;
        if (!_heads.TryGetValue(append.Owner, out var head))
            _heads[append.Owner] = head = new Head { Missing = true };
        var follows = commit is not { State: not null, Revision: { } revision } || revision == head.Revision + 1;
        var next = head.Last;
        var wrong = follows ? append.Rows.FirstOrDefault(row => row.Seq != ++next).Seq : head.Last + 1;
        if (!follows || wrong != 0)
        {
            Fenced++;
            return new MailboxFencedException(append.Owner, wrong);
        }
        MissedHead |= head.Missing;
        head.Last += append.Rows.Length;
        head.Changed |= append.Rows.Length > 0;
        if (commit.State is { } state)
        {
            head.State = state;
            head.Revision++;
            head.Changed = true;
        }
        _items.AddRange(append.Rows.Select(row => (append.Owner.Text, row)));
        foreach (var push in commit.Pushes)
        {
            var key = new PushKey(append.Owner, push.Device);
            Change(key, push.Pending is { } put ? PushRow.Join(_pushes[key], put) : null);
        }
        return null;
    }

    private void Decide(StoreWrite.PushSettle settle)
    {
        var key = PushKey.Of(settle.Claimed);
        if (_pushes[key] is not { } row || row.Push.Claim == 0 || row.Push.Claim != settle.Claimed.Claim)
            return;
        if (settle.Aside is { } reason)
            _asides[key] = new SetAsidePush(settle.Claimed with { Claim = 0 }, reason, settle.At);
        Change(key, row.Settle(settle.Claimed, settle.Next));
    }

    private void Change(PushKey key, PushRow? row)
    {
        if (_pushes[key] is null && row is null)
            return;
        _pushes[key] = row;
        _changedPushes.Add(key);
    }

    private sealed class Head
    {
        public long Last { get; set; }

        public long Revision { get; set; }

        public byte[]? State { get; set; }

        public bool Changed { get; set; }

        /// <summary>There is no row.</summary>
        public bool Missing { get; init; }
    }
}
