using System.Diagnostics;
using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using Krewe.PostgresHarness;
using Krewe.Storage.Postgres;
using Krewe.Storage.Postgres.Database;
using Krewe.Storage.Tests.Mailboxes;

namespace Krewe.Storage.Tests.Postgres;

/// <summary>The database goes away under writes and comes back: nothing acknowledged is lost, nothing is there twice, nobody hangs.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    /// <summary>The promise for a send, and for the way back.</summary>
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(10);

    private PostgresServer _server = null!;
    private StoreDatabase _database = null!;
    private PostgresStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartAsync();
        _database = await StoreDatabase.CreateAsync(_server);
        _store = await _database.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public Task A_restart() => AwayAsync(_server.StopAsync, _server.StartAgainAsync);

    [Fact]
    public Task A_crash() => AwayAsync(_server.CrashAsync, _server.StartAgainAsync);

    [Fact]
    public Task A_kill() => AwayAsync(_server.KillAsync, _server.StartAgainAsync);

    [Fact]
    public Task A_freeze() => AwayAsync(
        () =>
        {
            _server.Freeze();
            return Task.CompletedTask;
        },
        () =>
        {
            _server.Thaw();
            return Task.CompletedTask;
        });

    [Fact]
    public async Task A_database_that_takes_no_writes_is_read_and_recovers()
    {
        await _store.Mailboxes.CommitAsync(Letters.ToJuliet(1));
        var name = new Npgsql.NpgsqlConnectionStringBuilder(_database.ConnectionString).Database!;
        await _server.ExecuteAsync($"alter database {name} set default_transaction_read_only = on");
        await _server.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'krewe'");
        var refusal = "";
        while (!refusal.Contains("takes no writes", StringComparison.Ordinal))
            refusal = (await Assert.ThrowsAsync<StoreUnavailableException>(() => _store.Mailboxes.CommitAsync(Letters.ToJuliet(2)))).Message;
        await UntilAsync(async () => await _store.Mailboxes.OpenAsync(Letters.Juliet) is { Last: 1 });
        await _server.ExecuteAsync($"alter database {name} set default_transaction_read_only = off");
        await UntilAsync(async () =>
        {
            await _store.Mailboxes.CommitAsync(Letters.ToJuliet(2));
            return true;
        });
    }

    [Fact]
    public async Task A_silo_that_hangs_in_a_transaction_keeps_nobody_out()
    {
        await _store.Mailboxes.CommitAsync(Letters.ToJuliet(1));
        // As a silo's connection, whose process does not even call anything off.
        await using var hung = new Npgsql.NpgsqlConnection(new ConnectionStrings(_database.ConnectionString, maxConnections: 4).Pooled);
        await hung.OpenAsync(TestContext.Current.CancellationToken);
        await using (var command = new Npgsql.NpgsqlCommand("begin; select 1 from krewe_mailboxes for update", hung))
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await UntilAsync(async () =>
        {
            await _store.Mailboxes.CommitAsync(Letters.ToJuliet(2));
            return true;
        });
        await using var late = new Npgsql.NpgsqlCommand("commit", hung);
        await Assert.ThrowsAnyAsync<Npgsql.NpgsqlException>(() => late.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
    }

    private async Task AwayAsync(Func<Task> leave, Func<Task> comeBack)
    {
        var writers = Enumerable.Range(0, 12).Select(i => new Writer(_store.Mailboxes, Jid.FromCanonical($"user{i}@capulet.example"))).ToArray();
        foreach (var writer in writers)
            writer.Begin();
        for (var round = 0; round < 2; round++)
        {
            await Task.WhenAll(writers.Select(writer => writer.AckedAsync(50)));
            await leave();
            await Task.WhenAll(writers.Select(writer => writer.RefusedAsync()));
            Assert.NotNull(_store.Trouble);
            await comeBack();
            var back = Stopwatch.StartNew();
            await Task.WhenAll(writers.Select(writer => writer.AckedAsync(1)));
            Assert.InRange(back.Elapsed, TimeSpan.Zero, Promise);
        }
        foreach (var writer in writers)
        {
            await writer.EndAsync();
            await writer.CheckAsync();
            Assert.InRange(writer.Longest, TimeSpan.Zero, Promise);
            writer.Dispose();
        }
    }

    /// <summary>Leaves the processors to the database that starts.</summary>
    private static Task Pace() => Task.Delay(TimeSpan.FromMilliseconds(10));

    private static async Task UntilAsync(Func<Task<bool>> works)
    {
        for (var began = Stopwatch.StartNew(); ;)
        {
            try
            {
                if (await works())
                    return;
            }
            catch (StoreUnavailableException) when (began.Elapsed < TimeSpan.FromSeconds(30))
            {
                await Pace();
            }
        }
    }

    /// <summary>Does what a grain does: appends, and after trouble looks what is there.</summary>
    private sealed class Writer(IMailboxStore store, Jid owner) : IDisposable
    {
        private readonly Lock _lock = new();
        private readonly List<string> _acked = [];
        private readonly List<(int Count, TaskCompletionSource Reached)> _awaited = [];
        private readonly CancellationTokenSource _end = new();
        private TaskCompletionSource _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Task _running = Task.CompletedTask;

        public TimeSpan Longest { get; private set; }

        public void Begin() => _running = Task.Run(RunAsync);

        /// <summary>So many more were acknowledged.</summary>
        public Task AckedAsync(int more)
        {
            lock (_lock)
            {
                var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _awaited.Add((_acked.Count + more, reached));
                return reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
            }
        }

        /// <summary>A call was refused after this one.</summary>
        public Task RefusedAsync()
        {
            lock (_lock)
                _refused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _refused.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }

        public void Dispose() => _end.Dispose();

        public async Task EndAsync()
        {
            await _end.CancelAsync();
            await _running;
        }

        public async Task CheckAsync()
        {
            var items = (await store.ReadAsync(owner, 0, int.MaxValue, int.MaxValue)).Items;
            Assert.Equal(Letters.Range(1, items.Length), items.Seqs());
            Assert.Equal(items.Length, items.Select(item => item.Id).Distinct().Count());
            Assert.Empty(_acked.Except(items.Select(item => item.Id)));
            Assert.Equal(items.Length, (await store.OpenAsync(owner)).Last);
        }

        private async Task RunAsync()
        {
            var last = 0L;
            for (var i = 0; !_end.IsCancellationRequested; i++)
            {
                var id = $"m{i}";
                for (var sent = false; !sent;)
                {
                    sent = await TimedAsync(() => store.CommitAsync(Letters.Commit(owner, Letters.From(Letters.Romeo, owner, last + 1, id))));
                    if (sent)
                    {
                        last++;
                        break;
                    }
                    while (!await TimedAsync(async () =>
                    {
                        last = (await store.OpenAsync(owner)).Last;
                        sent = await store.FindAsync(owner, Letters.Romeo, id) is not null;
                    }))
                        await Pace();
                }
                Acked(id);
            }
        }

        private async Task<bool> TimedAsync(Func<Task> call)
        {
            var began = Stopwatch.GetTimestamp();
            try
            {
                await call();
                return true;
            }
            catch (Exception e) when (e is StoreUnavailableException or MailboxFencedException)
            {
                lock (_lock)
                    _refused.TrySetResult();
                return false;
            }
            finally
            {
                Longest = Stopwatch.GetElapsedTime(began) is var took && took > Longest ? took : Longest;
            }
        }

        private void Acked(string id)
        {
            lock (_lock)
            {
                _acked.Add(id);
                foreach (var (_, reached) in _awaited.Where(awaited => awaited.Count <= _acked.Count))
                    reached.TrySetResult();
            }
        }
    }
}
