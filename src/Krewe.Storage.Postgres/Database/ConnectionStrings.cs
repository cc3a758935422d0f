using Krewe.Core.Mailboxes;
using Npgsql;

namespace Krewe.Storage.Postgres.Database;

/// <summary>What the operator's connection string becomes.</summary>
internal sealed class ConnectionStrings
{
    private readonly string _text;
    private readonly int _maxConnections;

    /// <exception cref="StoreStartException">It is missing or none; nothing of it is in the message, because a password could be.</exception>
    public ConnectionStrings(string? text, int maxConnections)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw new StoreStartException("Krewe:Storage:ConnectionString is missing: with PostgreSQL it says where the database is, for example Host=db;Database=krewe;Username=krewe;Password=….");
        try
        {
            var parsed = new NpgsqlConnectionStringBuilder(text);
            (Place, User) = ($"{parsed.Host}:{parsed.Port}/{parsed.Database ?? parsed.Username}", parsed.Username ?? Environment.UserName);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or KeyNotFoundException)
        {
            // Without the inner exception: a password with a semicolon is quoted in it.
            throw new StoreStartException("Krewe:Storage:ConnectionString cannot be read: it is a list of Keyword=value with semicolons between them; a value that has one stands in quotes.");
        }
        (_text, _maxConnections) = (text, maxConnections);
    }

    /// <summary>Host, port and database, for messages.</summary>
    public string Place { get; }

    public string User { get; }

    /// <summary>For mailboxes and all that belongs to them.</summary>
    public string Pooled => With(builder =>
    {
        builder.MaxPoolSize = _maxConnections;
        // A reset would take a round trip and forget the prepared statements; nothing here leaves a session changed.
        builder.NoResetOnClose = true;
        builder.MaxAutoPrepare = 64;
        builder.AutoPrepareMinUsages = 2;
        // The server's own guard against what a silo that hangs or died would leave behind: nobody waits longer for its locks.
        builder.Options = $"{builder.Options} -c statement_timeout={(int)(Bounds.Call.TotalMilliseconds + 1_000)} -c lock_timeout={(int)Bounds.Lock.TotalMilliseconds}"
            + $" -c idle_in_transaction_session_timeout={(int)Bounds.Lock.TotalMilliseconds}";
    });

    /// <summary>A look whether the database is there; has its own connection, as the pool may be full of dead ones.</summary>
    public string Probe => With(builder => builder.Pooling = false);

    /// <summary>For migrations, which may take long.</summary>
    public string Migration => With(builder =>
    {
        builder.Pooling = false;
        builder.CommandTimeout = (int)Bounds.Migration.TotalSeconds;
    });

    /// <summary>For Orleans' membership, whose calls must fail in time for the next one.</summary>
    public string Membership => With(builder => builder.MaxPoolSize = 8);

    private string With(Action<NpgsqlConnectionStringBuilder> configure)
    {
        var builder = new NpgsqlConnectionStringBuilder(_text)
        {
            Timeout = (int)Bounds.Connect.TotalSeconds,
            CommandTimeout = (int)Bounds.Call.TotalSeconds,
            // A call that is given up breaks its connection at once: a cancelled commit that waits for a standby would count as done.
            CancellationTimeout = -1,
            IncludeErrorDetail = false,
            PersistSecurityInfo = false,
        };
        builder.ApplicationName ??= "krewe";
        configure(builder);
        return builder.ConnectionString;
    }
}

/// <summary>How long anything may take. A send makes two commits one after the other, and fails within 10 s.</summary>
internal static class Bounds
{
    public static readonly TimeSpan Connect = TimeSpan.FromSeconds(3);

    /// <summary>A whole call or commit, with the wait for a connection.</summary>
    public static readonly TimeSpan Call = TimeSpan.FromSeconds(4);

    /// <summary>For a row that another silo holds.</summary>
    public static readonly TimeSpan Lock = TimeSpan.FromSeconds(3);

    public static readonly TimeSpan Probe = TimeSpan.FromSeconds(2);

    public static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(500);

    public static readonly TimeSpan Migration = TimeSpan.FromMinutes(10);
}
