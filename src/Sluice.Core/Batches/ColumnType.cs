namespace Sluice.Batches;

/// <summary>Physical type of a column. A value that fits none of the narrower types is text.</summary>
public enum ColumnType
{
    /// <summary>UTF-8 text; nested JSON is kept as its text.</summary>
    Text = 0,

    /// <summary>True or false.</summary>
    Boolean = 1,

    /// <summary>Signed 64-bit integer.</summary>
    Int64 = 2,

    /// <summary>IEEE 754 double.</summary>
    Float64 = 3,

    /// <summary>Days since 1970-01-01.</summary>
    Date = 4,

    /// <summary>Microseconds since 1970-01-01T00:00:00, UTC.</summary>
    Timestamp = 5,
}
