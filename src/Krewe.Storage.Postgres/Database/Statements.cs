using Npgsql;
using NpgsqlTypes;

namespace Krewe.Storage.Postgres.Database;

/// <summary>Short forms for statements with values in their places.</summary>
internal static class Statements
{
    public static NpgsqlBatchCommand Statement(string sql, params ReadOnlySpan<NpgsqlParameter> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(value);
        return command;
    }

    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params ReadOnlySpan<NpgsqlParameter> values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(value);
        return command;
    }

    public static NpgsqlParameter Value(string value) => new NpgsqlParameter<string> { TypedValue = value };

    public static NpgsqlParameter Value(int value) => new NpgsqlParameter<int> { TypedValue = value };

    public static NpgsqlParameter Value(long value) => new NpgsqlParameter<long> { TypedValue = value };

    public static NpgsqlParameter Value(byte[] value) => new NpgsqlParameter<byte[]> { TypedValue = value };

    public static NpgsqlParameter Value(DateTimeOffset value) => new NpgsqlParameter<DateTimeOffset> { TypedValue = value.ToUniversalTime() };

    public static NpgsqlParameter Texts(IEnumerable<string?> values) => new NpgsqlParameter<string?[]> { TypedValue = [.. values] };

    public static NpgsqlParameter Longs(IEnumerable<long> values) => new NpgsqlParameter<long[]> { TypedValue = [.. values] };

    public static NpgsqlParameter Longs(IEnumerable<long?> values) => new NpgsqlParameter<long?[]> { TypedValue = [.. values] };

    public static NpgsqlParameter Ints(IEnumerable<int> values) => new NpgsqlParameter<int[]> { TypedValue = [.. values] };

    public static NpgsqlParameter Flags(IEnumerable<bool> values) => new NpgsqlParameter<bool[]> { TypedValue = [.. values] };

    public static NpgsqlParameter Bytes(IEnumerable<byte[]?> values) =>
        new() { Value = (byte[]?[])[.. values], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea };

    public static NpgsqlParameter Times(IEnumerable<DateTimeOffset?> values) =>
        new NpgsqlParameter<DateTimeOffset?[]> { TypedValue = [.. values.Select(value => value?.ToUniversalTime())], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };
}
