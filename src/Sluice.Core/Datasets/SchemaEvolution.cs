namespace Sluice.Datasets;

/// <summary>What a change of columns means to those who read the dataset, from harmless to harmful.</summary>
public enum SchemaCompatibility
{
    /// <summary>The same columns.</summary>
    Same,

    /// <summary>Columns were added; what was there is as it was.</summary>
    Additive,

    /// <summary>A column holds more than before: decimals besides integers, times besides dates, missing values.</summary>
    Widening,

    /// <summary>A column is gone or holds something else.</summary>
    Breaking,
}

/// <summary>Compares the columns of two versions. The order of columns does not matter: they are read by name.</summary>
public static class SchemaEvolution
{
    public static SchemaCompatibility Of(Schema before, Schema after) => before
        .Select(field => after.Has(field.Name) ? Of(field, after[field.Name]) : SchemaCompatibility.Breaking)
        .Append(after.Any(field => !before.Has(field.Name)) ? SchemaCompatibility.Additive : SchemaCompatibility.Same)
        .Max();

    static SchemaCompatibility Of(Field before, Field after) => (before.Type, after.Type) switch
    {
        var (left, right) when left == right => after.Nullable && !before.Nullable ? SchemaCompatibility.Widening : SchemaCompatibility.Same,
        (ColumnType.Int64, ColumnType.Float64) or (ColumnType.Date, ColumnType.Timestamp) => SchemaCompatibility.Widening,
        _ => SchemaCompatibility.Breaking,
    };
}
