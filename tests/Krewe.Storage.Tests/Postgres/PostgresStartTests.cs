using Krewe.PostgresHarness;
using Krewe.Storage.Postgres.Database;
using Krewe.Storage.Tests.Mailboxes;

namespace Krewe.Storage.Tests.Postgres;

public sealed class PostgresStartTests(PostgresFixture fixture)
{
    [Fact]
    public async Task Everything_is_there_after_a_restart_and_on_every_silo()
    {
        await using var database = await StoreDatabase.CreateAsync(await fixture.ServerAsync());
        await using (var store = await database.OpenAsync())
        {
            await store.Mailboxes.CommitAsync(Letters.ToJuliet(1, 5) with { State = [9] });
            await store.Mailboxes.TrimAsync(Letters.Juliet, 2);
        }
        var (first, second) = (await database.OpenAsync(), await database.OpenAsync());
        var head = await second.Mailboxes.OpenAsync(Letters.Juliet);
        Assert.Equal((3, 5), (head.First, head.Last));
        Assert.Equal([9], head.State!);
        Assert.Equal(first.Secret.Key.ToArray(), second.Secret.Key.ToArray());
    }

    [Fact]
    public async Task Silos_that_start_at_the_same_time_on_an_empty_database_make_one_schema_and_one_secret()
    {
        await using var database = await StoreDatabase.CreateAsync(await fixture.ServerAsync());
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => database.OpenAsync())));
        Assert.Single(stores.Select(store => Convert.ToHexString(store.Secret.Key.Span)).Distinct());
        await stores[3].Mailboxes.CommitAsync(Letters.ToJuliet(1));
        Assert.Equal(1, (await stores[5].Mailboxes.OpenAsync(Letters.Juliet)).Last);
    }

    [Fact]
    public async Task A_newer_schema_is_refused()
    {
        await using var database = await StoreDatabase.CreateAsync(await fixture.ServerAsync());
        await (await database.OpenAsync()).DisposeAsync();
        await database.ExecuteAsync("insert into krewe_schema (version) values (9999)");
        Assert.Contains("newer Krewe (schema 9999; this one knows up to ", await database.RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_without_rights_hears_which_and_needs_none_to_make_tables_once_they_are_there()
    {
        var server = await fixture.ServerAsync();
        await using var database = await StoreDatabase.CreateAsync(server);
        var name = new Npgsql.NpgsqlConnectionStringBuilder(database.ConnectionString).Database!;
        await database.ExecuteAsync($"create user {name}_user password 'Capulet'");
        var limited = server.ConnectionString(name, $"{name}_user", "Capulet");
        var refusal = await database.RefusedAsync(options => options.ConnectionString = limited);
        Assert.Contains($"The user {name}_user lacks a right", refusal, StringComparison.Ordinal);
        Assert.Contains("permission denied for schema public", refusal, StringComparison.Ordinal);

        await (await database.OpenAsync()).DisposeAsync();
        Assert.Contains("permission denied for table krewe_schema", await database.RefusedAsync(options => options.ConnectionString = limited), StringComparison.Ordinal);
        await database.ExecuteAsync($"grant select, insert, update, delete on all tables in schema public to {name}_user");
        var store = await database.OpenAsync(options => options.ConnectionString = limited);
        await store.Mailboxes.CommitAsync(Letters.ToJuliet(1));
    }

    [Theory]
    [InlineData(null, "ConnectionString is missing")]
    [InlineData("Host=localhost;Capulet", "cannot be read")]
    [InlineData("Host=localhost;Port=Capulet", "cannot be read")]
    [InlineData("Host=127.0.0.1;Port=1;Database=krewe;Username=krewe;Password=Capulet", "127.0.0.1:1/krewe cannot be used. The database cannot be reached")]
    public async Task A_wrong_connection_string_is_told_in_a_sentence(string? connectionString, string sentence)
    {
        await using var database = new StoreDatabase("");
        Assert.Contains(sentence, await database.RefusedAsync(options => options.ConnectionString = connectionString), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_or_database_or_encoding_is_told_in_a_sentence()
    {
        var server = await fixture.ServerAsync();
        await using var database = await StoreDatabase.CreateAsync(server);
        Assert.Contains("does not let the user postgres in", await database.RefusedAsync(options => options.ConnectionString = server.ConnectionString("postgres", password: "Capulet!")), StringComparison.Ordinal);
        Assert.Contains("There is no database", await database.RefusedAsync(options => options.ConnectionString = server.ConnectionString("verona")), StringComparison.Ordinal);
        var latin = await server.CreateDatabaseAsync("encoding 'LATIN1' template template0");
        Assert.Contains("has the encoding LATIN1", await database.RefusedAsync(options => options.ConnectionString = latin), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commits_are_flushed_whatever_the_database_is_set_to()
    {
        await using var database = await StoreDatabase.CreateAsync(await fixture.ServerAsync());
        var name = new Npgsql.NpgsqlConnectionStringBuilder(database.ConnectionString).Database!;
        await database.ExecuteAsync($"alter database {name} set synchronous_commit = off");
        Assert.Equal("on", await SettingAsync(database));
        await database.ExecuteAsync($"alter database {name} set synchronous_commit = remote_apply");
        Assert.Equal("remote_apply", await SettingAsync(database));
    }

    [Fact]
    public async Task Closing_commits_what_waits()
    {
        await using var database = await StoreDatabase.CreateAsync(await fixture.ServerAsync());
        var store = await database.OpenAsync();
        var tasks = Letters.Range(1, 2_000).Select(seq => store.Mailboxes.CommitAsync(Letters.ToJuliet(seq))).ToArray();
        await store.DisposeAsync();
        await Task.WhenAll(tasks);
        Assert.Equal(2_000, (await (await database.OpenAsync()).Mailboxes.OpenAsync(Letters.Juliet)).Last);
    }

    private static async Task<string?> SettingAsync(StoreDatabase database)
    {
        await using var store = await database.OpenAsync();
        return await store.Database.RunAsync("show synchronous_commit", static async (connection, sql, cancel) =>
        {
            await using var command = connection.Command(sql);
            return (string?)await command.ExecuteScalarAsync(cancel);
        }, TestContext.Current.CancellationToken);
    }
}
