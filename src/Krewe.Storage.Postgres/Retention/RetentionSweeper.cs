using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using Krewe.Storage.Postgres.Database;
using Krewe.Storage.Postgres.Mailboxes;
using Npgsql;
using static Krewe.Storage.Postgres.Database.Statements;

namespace Krewe.Storage.Postgres.Retention;

/// <summary>Goes through the mailboxes and trims what is older, or more, than is to be kept. In small steps; once an interval in the whole cluster.</summary>
internal sealed partial class RetentionSweeper : IAsyncDisposable
{
    private const int OwnersAtOnce = 256;
    private const int ItemsAtOnce = 1_000;

    // A mailbox that begins with an item to keep needs no second look.
    private const string OwnersSql = """
        select m.owner, m.first_seq, m.last_seq, (select i.sent_at from krewe_items i where i.owner = m.owner order by i.seq limit 1)
        from krewe_mailboxes m where m.owner > $1 order by m.owner limit $2
        """;

    private const string ItemsSql = "select seq, sent_at from krewe_items where owner = $1 and seq > $2 order by seq limit $3";

    private const string TurnSql = "update krewe_locks set until = $2 where name = $1 and until <= $3";

    private readonly PostgresDatabase _database;
    private readonly MailboxEraser _eraser;
    private readonly RetentionOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public RetentionSweeper(PostgresDatabase database, MailboxEraser eraser, RetentionOptions options, ILogger logger, TimeProvider time)
    {
        (_database, _eraser, _options, _logger, _time) = (database, eraser, options, logger, time);
        _loop = options.MaxAge is null && options.MaxItems is null ? Task.CompletedTask : Task.Run(LoopAsync);
    }

    /// <summary>One pass over all mailboxes.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var trimmed = 0;
        var after = "";
        while (await OwnersAsync(after, cancellationToken).ConfigureAwait(false) is { Count: > 0 } page)
        {
            foreach (var mailbox in page.Where(mailbox => mailbox.Oldest is { } oldest && Goes(mailbox, mailbox.First, oldest)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                await _eraser.TrimAsync(mailbox.Owner, await LastToGoAsync(mailbox, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
                trimmed++;
            }
            after = page[^1].Owner.Text;
        }
        return trimmed;
    }

    /// <summary>Whether this silo may make the pass that is due now.</summary>
    public async Task<bool> TakeTurnAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        return await _database.RunAsync((now, until: now + (_options.Interval * 0.9)), static async (connection, q, cancel) =>
        {
            await using var make = connection.Command(
                "insert into krewe_locks (name, until) values ($1, $2) on conflict (name) do nothing", Value("retention"), Value(DateTimeOffset.UnixEpoch));
            await make.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
            await using var take = connection.Command(TurnSql, Value("retention"), Value(q.until), Value(q.now));
            return await take.ExecuteNonQueryAsync(cancel).ConfigureAwait(false) == 1;
        }, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task LoopAsync()
    {
        using var timer = new PeriodicTimer(_options.Interval, _time);
        while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
        {
            try
            {
                if (await TakeTurnAsync(_stop.Token).ConfigureAwait(false))
                    LogSwept(await SweepAsync(_stop.Token).ConfigureAwait(false));
            }
            catch (StoreUnavailableException e)
            {
                LogPostponed(e.Message);
            }
        }
    }

    private async Task<long> LastToGoAsync(MailboxEnds mailbox, CancellationToken cancellationToken)
    {
        var through = mailbox.First - 1;
        while (true)
        {
            var page = await _database.RunAsync((mailbox.Owner, through), static async (connection, q, cancel) =>
            {
                await using var command = connection.Command(ItemsSql, Value(q.Owner.Text), Value(q.through), Value(ItemsAtOnce));
                return await RowsAsync(command, reader => (Seq: reader.GetInt64(0), SentAt: reader.GetInt64(1)), cancel).ConfigureAwait(false);
            }, cancellationToken).ConfigureAwait(false);
            foreach (var (seq, sentAt) in page)
            {
                if (!Goes(mailbox, seq, sentAt))
                    return through;
                through = seq;
            }
            if (page.Count < ItemsAtOnce)
                return through;
        }
    }

    private bool Goes(MailboxEnds mailbox, long seq, long sentAt)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(sentAt);
        var now = _time.GetUtcNow();
        // A repeated send must be recognised for a day: younger items stay, whatever their number.
        return (_options.MaxAge is { } age && at < now - age)
            || (_options.MaxItems is { } items && seq <= mailbox.Last - items && at < now - RetentionOptions.MinAge);
    }

    private Task<List<MailboxEnds>> OwnersAsync(string after, CancellationToken cancellationToken) => _database.RunAsync(after, static async (connection, after, cancel) =>
    {
        await using var command = connection.Command(OwnersSql, Value(after), Value(OwnersAtOnce));
        return await RowsAsync(
            command,
            reader => new MailboxEnds(Jid.FromCanonical(reader.GetString(0)), reader.GetInt64(1), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetInt64(3)),
            cancel).ConfigureAwait(false);
    }, cancellationToken);

    private static async Task<List<T>> RowsAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows.Add(read(reader));
        return rows;
    }

    [LoggerMessage(1, LogLevel.Information, "Retention went through all mailboxes and trimmed {Count} of them.")]
    private partial void LogSwept(int count);

    [LoggerMessage(2, LogLevel.Warning, "Retention is put off to its next interval: {Reason}")]
    private partial void LogPostponed(string reason);

    /// <param name="Oldest">When the first item was sent; null: there is none.</param>
    private sealed record MailboxEnds(Jid Owner, long First, long Last, long? Oldest);
}
