using Sluice.Connectors;
using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Features;

/// <summary>Brings new rows to the columns and types that the rows of training were read with.</summary>
sealed class InputRows(Schema schema)
{
    delegate bool TryParse<T>(ReadOnlySpan<byte> text, out T value);

    public Schema Schema => schema;

    /// <summary>A cell that cannot be read as its type rejects its row: training never saw such a value.</summary>
    public Batch Of(Batch rows, MissingColumn missing, Verdicts verdicts)
    {
        var absent = schema.Where(f => !rows.Schema.Has(f.Name)).Select(f => $"'{f.Name}'").ToList();
        if (absent.Count > 0 && missing == MissingColumn.Refuse)
        {
            throw new DataException(
                $"The rows lack {(absent.Count == 1 ? "the column" : "columns")} {string.Join(", ", absent)}, which training had; they have: {rows.Schema.Names}. "
                + "Add what is lacking, or let it count as missing values (--missing-columns missing).");
        }

        var columns = schema.Select(f => rows.Schema.Has(f.Name) ? To(rows[f.Name], f, verdicts) : ColumnReader.AllMissing(f.Type, rows.Rows));
        return new Batch(schema, columns, rows.Rows);
    }

    static Column To(Column column, Field field, Verdicts verdicts)
    {
        if (column.Type == field.Type)
        {
            return column;
        }

        var text = column as TextColumn ?? ToText(column);
        return field.Type switch
        {
            ColumnType.Text => text,
            ColumnType.Boolean => Parse<bool>(text, field, ValueParser.TryBoolean, verdicts),
            ColumnType.Int64 => Parse<long>(text, field, ValueParser.TryInt64, verdicts),
            ColumnType.Float64 => Parse<double>(text, field, TryNumber, verdicts),
            ColumnType.Date => Parse<int>(text, field, ValueParser.TryDate, verdicts),
            _ => Parse<long>(text, field, TryTime, verdicts),
        };
    }

    static ValueColumn<T> Parse<T>(TextColumn text, Field field, TryParse<T> parse, Verdicts verdicts)
        where T : unmanaged
    {
        var builder = new ValueBuilder<T>(field.Type, text.Rows);
        for (var row = 0; row < text.Rows; row++)
        {
            if (!text.IsNull(row) && parse(text[row], out var value))
            {
                builder.Append(value);
                continue;
            }

            builder.AppendNull();
            if (!text.IsNull(row))
            {
                verdicts.Fail(verdicts.Rule("wrong_type", field.Name, Severity.High, rejects: true), row);
            }
        }

        return builder.Build();
    }

    // As a source reads a column of numbers: only integers that a double holds exactly are one.
    static bool TryNumber(ReadOnlySpan<byte> text, out double value)
    {
        if (ValueParser.TryInt64(text, out var whole))
        {
            value = whole;
            return whole is >= -ValueParser.MaxExactInDouble and <= ValueParser.MaxExactInDouble;
        }

        return ValueParser.TryFloat64(text, out value);
    }

    static bool TryTime(ReadOnlySpan<byte> text, out long micros)
    {
        if (ValueParser.TryDate(text, out var days))
        {
            micros = ValueParser.MicrosOf(days);
            return true;
        }

        return ValueParser.TryTimestamp(text, out micros);
    }

    static TextColumn ToText(Column column)
    {
        var builder = new TextBuilder(column.Rows, column.Rows * 8);
        Span<byte> cell = stackalloc byte[CellText.MaxLength];
        for (var row = 0; row < column.Rows; row++)
        {
            if (column.IsNull(row))
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(cell[..CellText.Format(column, row, cell)]);
            }
        }

        return builder.Build();
    }
}
