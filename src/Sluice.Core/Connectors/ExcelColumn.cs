using System.Text;
using Sluice.Schemas;

namespace Sluice.Connectors;

/// <summary>Cells of one column, and the narrowest type that holds them all.</summary>
sealed class ExcelColumn
{
    const long MicrosPerDay = 86_400_000_000;

    readonly List<ExcelCell> cells = [];
    int kinds;
    int missing;

    public int Rows => cells.Count;

    public void Add(ExcelCell cell)
    {
        var value = cell.Kind == ExcelKind.Error ? default : cell;
        kinds |= value.Kind == ExcelKind.Missing ? 0 : 1 << (int)value.Kind;
        missing += value.Kind == ExcelKind.Missing ? 1 : 0;
        cells.Add(value);
    }

    public Field Infer(string name)
    {
        var type = kinds switch
        {
            Boolean => ColumnType.Boolean,
            Int64 => ColumnType.Int64,
            Float64 or (Float64 | Int64) => ColumnType.Float64,
            Date => ColumnType.Date,
            Timestamp or (Timestamp | Date) => ColumnType.Timestamp,
            _ => ColumnType.Text,
        };
        var format = kinds == 0 ? Unify.Empty : type == ColumnType.Text && kinds != Text ? Unify.Mixed : null;
        return new Field(name, type, missing > 0, format);
    }

    /// <exception cref="DataException">A cell cannot become what the field says.</exception>
    public Column Build(Field field)
    {
        ColumnBuilder builder = field.Type switch
        {
            ColumnType.Text => new TextBuilder(Rows),
            ColumnType.Boolean => new ValueBuilder<bool>(field.Type, Rows),
            ColumnType.Float64 => new ValueBuilder<double>(field.Type, Rows),
            ColumnType.Date => new ValueBuilder<int>(field.Type, Rows),
            _ => new ValueBuilder<long>(field.Type, Rows),
        };
        foreach (var cell in cells)
        {
            Append(builder, cell, field);
        }

        return builder.Finish();
    }

    public static Column Missing(ColumnType type, int rows)
    {
        var column = new ExcelColumn();
        for (var row = 0; row < rows; row++)
        {
            column.Add(default);
        }

        return column.Build(new Field("", type));
    }

    static void Append(ColumnBuilder builder, ExcelCell cell, Field field)
    {
        switch (builder, cell.Kind)
        {
            case (_, ExcelKind.Missing):
                builder.AppendNull();
                break;
            case (TextBuilder text, _):
                text.Append(Encoding.UTF8.GetBytes(cell.Display()));
                break;
            case (ValueBuilder<bool> flags, ExcelKind.Boolean):
                flags.Append(cell.Bits != 0);
                break;
            case (ValueBuilder<double> numbers, ExcelKind.Int64 or ExcelKind.Float64):
                numbers.Append(cell.Number);
                break;
            case (ValueBuilder<int> dates, ExcelKind.Date):
                dates.Append((int)cell.Bits);
                break;
            case (ValueBuilder<long> times, ExcelKind.Date) when field.Type == ColumnType.Timestamp:
                times.Append(cell.Bits * MicrosPerDay);
                break;
            case (ValueBuilder<long> times, ExcelKind.Timestamp) when field.Type == ColumnType.Timestamp:
                times.Append(cell.Bits);
                break;
            case (ValueBuilder<long> integers, ExcelKind.Int64) when field.Type == ColumnType.Int64:
                integers.Append(cell.Bits);
                break;
            default:
                throw new DataException($"Column '{field.Name}' holds {cell.Kind} '{cell.Display()}' and cannot become {field.Type}.");
        }
    }

    const int Text = 1 << (int)ExcelKind.Text;
    const int Boolean = 1 << (int)ExcelKind.Boolean;
    const int Int64 = 1 << (int)ExcelKind.Int64;
    const int Float64 = 1 << (int)ExcelKind.Float64;
    const int Date = 1 << (int)ExcelKind.Date;
    const int Timestamp = 1 << (int)ExcelKind.Timestamp;
}
