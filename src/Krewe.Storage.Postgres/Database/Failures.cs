using System.Net.Sockets;
using Krewe.Core.Mailboxes;
using Npgsql;

namespace Krewe.Storage.Postgres.Database;

/// <summary>What an exception of the driver means. No sentence has more of a connection string than host, port, database and user.</summary>
internal static class Failures
{
    public static bool IsOfDatabase(Exception e) => e is NpgsqlException or OperationCanceledException or TimeoutException or SocketException or IOException or ObjectDisposedException;

    /// <summary>The connection, or the database as a whole; not this one statement.</summary>
    public static bool IsOfConnection(Exception e) => e is not PostgresException refused || IsAway(refused.SqlState);

    /// <summary>Two transactions were in each other's way, and this one is undone: it may be tried again at once.</summary>
    public static bool IsCollision(PostgresException e) => e.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected;

    /// <summary>The fault of the values of one write: without it, the others of its group are good.</summary>
    public static bool IsOfValues(PostgresException e) => e.SqlState[..2] is "22" or "23" or "54";

    public static string Sentence(Exception e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => "The database's disk is full.",
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => "The database takes no writes: it is a standby, or set to read only.",
        PostgresException refused => $"The database refuses: {refused.MessageText} ({refused.SqlState}).",
        OperationCanceledException or TimeoutException or { InnerException: TimeoutException } => "The database does not answer in time.",
        { InnerException: SocketException socket } => $"The database cannot be reached: {socket.Message}.",
        _ => "The connection to the database is broken.",
    };

    public static StoreUnavailableException Unavailable(Exception e) => new(Sentence(e), e);

    /// <summary>For the operator whose server does not start.</summary>
    public static StoreStartException AtStart(Exception e, ConnectionStrings connections) => new(e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
            $"The database at {connections.Place} does not let the user {connections.User} in: check Username and Password in Krewe:Storage:ConnectionString, and pg_hba.conf.",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
            $"There is no database {connections.Place}: make it (createdb --encoding UTF8 --template template0), or correct Database in Krewe:Storage:ConnectionString.",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } refused =>
            $"The user {connections.User} lacks a right in the database {connections.Place}: {refused.MessageText}. Make it the database's owner, or grant CREATE and USAGE on the schema.",
        PostgresException refused => $"The database {connections.Place} cannot be used: {refused.MessageText} ({refused.SqlState}).",
        _ => $"The database {connections.Place} cannot be used. {Sentence(e)} See Krewe:Storage:ConnectionString.",
    }, e);

    private static bool IsAway(string state) =>
        // 08: connection exceptions, 57P: shut down, crashed, starting. A standby after a fail-over wants a new connection too.
        state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("57P", StringComparison.Ordinal)
        || state is PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.ReadOnlySqlTransaction;
}
