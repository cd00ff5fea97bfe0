namespace Sluice.Schemas;

/// <summary>Which types one value has or may have.</summary>
[Flags]
public enum ValueKinds
{
    None = 0,
    Text = 1 << ColumnType.Text,
    Boolean = 1 << ColumnType.Boolean,
    Int64 = 1 << ColumnType.Int64,
    Float64 = 1 << ColumnType.Float64,
    Date = 1 << ColumnType.Date,
    Timestamp = 1 << ColumnType.Timestamp,
    Any = Text | Boolean | Int64 | Float64 | Date | Timestamp,
}
