namespace Sluice.Native;

/// <summary>duckdb_type: those that <see cref="DuckDbReader"/> and <see cref="DuckDbAppender"/> handle. Cast any other in SQL.</summary>
enum DuckDbType
{
    Invalid = 0,
    Boolean = 1,
    TinyInt = 2,
    SmallInt = 3,
    Integer = 4,
    BigInt = 5,
    UTinyInt = 6,
    USmallInt = 7,
    UInteger = 8,
    UBigInt = 9,
    Float = 10,
    Double = 11,

    /// <summary>Microseconds since 1970-01-01, no zone: read and written as long.</summary>
    Timestamp = 12,

    /// <summary>Days since 1970-01-01: read and written as int.</summary>
    Date = 13,

    /// <summary>UTF-8: read as <see cref="DuckDbString"/>.</summary>
    Varchar = 17,

    /// <summary>Bytes: read as <see cref="DuckDbString"/>.</summary>
    Blob = 18,

    /// <summary>Microseconds since 1970-01-01 UTC: read and written as long.</summary>
    TimestampTz = 31,
}

static class DuckDbTypes
{
    /// <summary>The type of one element of a vector, or null when the reader and the appender do not handle the type.</summary>
    internal static Type? Element(this DuckDbType type) => type switch
    {
        DuckDbType.Boolean => typeof(bool),
        DuckDbType.TinyInt => typeof(sbyte),
        DuckDbType.SmallInt => typeof(short),
        DuckDbType.Integer or DuckDbType.Date => typeof(int),
        DuckDbType.BigInt or DuckDbType.Timestamp or DuckDbType.TimestampTz => typeof(long),
        DuckDbType.UTinyInt => typeof(byte),
        DuckDbType.USmallInt => typeof(ushort),
        DuckDbType.UInteger => typeof(uint),
        DuckDbType.UBigInt => typeof(ulong),
        DuckDbType.Float => typeof(float),
        DuckDbType.Double => typeof(double),
        DuckDbType.Varchar or DuckDbType.Blob => typeof(DuckDbString),
        _ => null,
    };

    /// <summary>Refuses to look at a vector as something that it is not.</summary>
    internal static void Require<T>(this DuckDbType type, string column) where T : unmanaged
    {
        var element = type.Element();
        if (element == typeof(T))
        {
            return;
        }
        var expected = element is null ? "a cast in SQL to a type of DuckDbType" : $"'{element.Name}'";
        throw new InvalidOperationException(
            $"Column {column} has DuckDB type '{type}' and was asked for as '{typeof(T).Name}'; expected {expected}.");
    }
}
