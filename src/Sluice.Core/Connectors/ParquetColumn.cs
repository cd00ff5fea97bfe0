using System.Globalization;
using Sluice.Native;

namespace Sluice.Connectors;

/// <summary>How SQL reads one column of somebody's Parquet file as one of our types.</summary>
/// <param name="Name">Name in the file, as DuckDB tells equal ones apart.</param>
/// <param name="SqlType">DuckDB's type, for example <c>DECIMAL(10,2)</c> or <c>STRUCT(a INTEGER)[]</c>.</param>
sealed record ParquetColumn(string Name, string SqlType)
{
    /// <summary>Digits that every double keeps.</summary>
    const int DoubleDigits = 15;

    const string JsonFormat = "json";

    string Quoted => DuckDbSql.Identifier(Name);

    /// <summary>The field before any value is seen.</summary>
    /// <param name="asText">Columns whose values the narrower type does not hold.</param>
    public Field Field(IReadOnlyList<string> asText) => new(Name, TypeOf(asText), true, IsNested || SqlType == "JSON" ? JsonFormat : null);

    /// <summary>SQL that gives the value in the type of <see cref="Field"/>.</summary>
    public string Expression(IReadOnlyList<string> asText) => (TypeOf(asText), SqlType) switch
    {
        (_, "VARCHAR" or "BIGINT" or "DOUBLE" or "BOOLEAN" or "DATE" or "TIMESTAMP") => Quoted,
        (ColumnType.Text, "BLOB") when asText.Contains(Name) => $"lower(hex({Quoted}))",
        (ColumnType.Text, "BLOB") => $"decode({Quoted})",
        (ColumnType.Text, _) when IsNested => $"CAST(to_json({Quoted}) AS VARCHAR)",
        var (type, _) => $"CAST({Quoted} AS {ParquetFile.SqlType(type)})",
    };

    /// <summary>SQL that is true when every value of the file fits the narrower type; null when the type alone says.</summary>
    public string? Fits => SqlType switch
    {
        "UBIGINT" or "HUGEINT" or "UHUGEINT" => $"coalesce(bool_and(TRY_CAST({Quoted} AS BIGINT) IS NOT NULL) FILTER (WHERE {Quoted} IS NOT NULL), true)",
        "BLOB" => $"coalesce(bool_and(TRY(decode({Quoted})) IS NOT NULL) FILTER (WHERE {Quoted} IS NOT NULL), true)",
        "TIMESTAMP_NS" => $"coalesce(bool_and(CAST(CAST({Quoted} AS TIMESTAMP) AS TIMESTAMP_NS) = {Quoted}), true)",
        _ => null,
    };

    bool IsNested => SqlType.EndsWith(']') || SqlType.StartsWith("STRUCT(", StringComparison.Ordinal) || SqlType.StartsWith("MAP(", StringComparison.Ordinal)
        || SqlType.StartsWith("UNION(", StringComparison.Ordinal) || SqlType == "VARIANT";

    ColumnType TypeOf(IReadOnlyList<string> asText) => SqlType switch
    {
        _ when asText.Contains(Name) => ColumnType.Text,
        "BOOLEAN" => ColumnType.Boolean,
        "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "UTINYINT" or "USMALLINT" or "UINTEGER" or "UBIGINT" or "HUGEINT" or "UHUGEINT" => ColumnType.Int64,
        "FLOAT" or "DOUBLE" => ColumnType.Float64,
        "DATE" => ColumnType.Date,
        "TIMESTAMP" or "TIMESTAMP_S" or "TIMESTAMP_MS" or "TIMESTAMP_NS" or "TIMESTAMP WITH TIME ZONE" => ColumnType.Timestamp,
        _ when DecimalDigits() is > 0 and <= DoubleDigits => ColumnType.Float64,
        _ => ColumnType.Text,
    };

    int DecimalDigits() =>
        SqlType.StartsWith("DECIMAL(", StringComparison.Ordinal) && SqlType.EndsWith(')')
            ? int.Parse(SqlType.AsSpan("DECIMAL(".Length, SqlType.IndexOf(',', StringComparison.Ordinal) - "DECIMAL(".Length), CultureInfo.InvariantCulture)
            : 0;
}
