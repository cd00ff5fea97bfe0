namespace Sluice.Connectors;

/// <summary>Brings columns that were read with their own types to what a shard must return.</summary>
static class TableShape
{
    const long MicrosPerDay = 86_400_000_000;
    const long ExactInDouble = 1L << 53;

    /// <summary>The same rows with the facts that unification asks for: nullable, without a value, beyond what a double holds.</summary>
    public static Batch Narrowed(Batch rows) => new(
        new Schema(rows.Schema.Select((field, i) =>
        {
            var nulls = rows[i].CountNulls();
            var format = nulls == rows.Rows ? Schemas.Unify.Empty : field.Format ?? (IsBeyondDouble(rows[i]) ? Schemas.Unify.BeyondDouble : null);
            return field with { Nullable = nulls > 0, Format = format };
        })),
        rows.Columns,
        rows.Rows);

    /// <summary>The same rows in exactly this schema; a column that is not there is missing in every row.</summary>
    /// <exception cref="DataException">A value cannot become what the schema says.</exception>
    public static Batch Shaped(Batch rows, Schema schema) => new(
        schema,
        schema.Select(field => rows.Schema.Has(field.Name) ? To(rows[field.Name], field) : Missing(field.Type, rows.Rows)),
        rows.Rows);

    static bool IsBeyondDouble(Column column)
    {
        if (column is not ValueColumn<long> { Type: ColumnType.Int64 } integers)
        {
            return false;
        }

        foreach (var value in integers.Values)
        {
            if (value is > ExactInDouble or < -ExactInDouble)
            {
                return true;
            }
        }

        return false;
    }

    static Column To(Column column, Field field)
    {
        if (column.Type == field.Type)
        {
            return column;
        }

        if (column.CountNulls() == column.Rows)
        {
            return Missing(field.Type, column.Rows);
        }

        return (column, field.Type) switch
        {
            (ValueColumn<long> { Type: ColumnType.Int64 } integers, ColumnType.Float64) => Convert(integers, field.Type, static value => (double)value),
            (ValueColumn<int> dates, ColumnType.Timestamp) => Convert(dates, field.Type, static days => days * MicrosPerDay),
            (not TextColumn, ColumnType.Text) => ToText(column),
            _ => throw new DataException($"Column '{field.Name}' holds {column.Type} and cannot become {field.Type}."),
        };
    }

    static ValueColumn<TTo> Convert<TFrom, TTo>(ValueColumn<TFrom> column, ColumnType type, Func<TFrom, TTo> convert)
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        var values = new TTo[column.Rows];
        for (var row = 0; row < values.Length; row++)
        {
            values[row] = column.IsNull(row) ? default : convert(column.Values[row]);
        }

        return new ValueColumn<TTo>(type, values, column.Validity);
    }

    static TextColumn ToText(Column column)
    {
        var text = new TextBuilder(column.Rows, column.Rows * 8);
        Span<byte> cell = stackalloc byte[CellText.MaxLength];
        for (var row = 0; row < column.Rows; row++)
        {
            if (column.IsNull(row))
            {
                text.AppendNull();
            }
            else
            {
                text.Append(cell[..CellText.Format(column, row, cell)]);
            }
        }

        return text.Build();
    }

    static Column Missing(ColumnType type, int rows)
    {
        ColumnBuilder builder = type switch
        {
            ColumnType.Text => new TextBuilder(rows),
            ColumnType.Boolean => new ValueBuilder<bool>(type, rows),
            ColumnType.Float64 => new ValueBuilder<double>(type, rows),
            ColumnType.Date => new ValueBuilder<int>(type, rows),
            _ => new ValueBuilder<long>(type, rows),
        };
        for (var row = 0; row < rows; row++)
        {
            builder.AppendNull();
        }

        return builder.Finish();
    }
}
