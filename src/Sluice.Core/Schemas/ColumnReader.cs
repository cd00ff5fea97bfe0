namespace Sluice.Schemas;

/// <summary>
/// Makes columns of text values: with the narrowest type that holds them all, or with a given one. The guess is the type of the first
/// value; where it fails, the column is read again with the type that holds both, so a well-typed column costs one pass.
/// The outcome is the one that <see cref="Unify"/> gives when the rows are cut into shards anywhere.
/// </summary>
public static partial class ColumnReader
{
    /// <summary>The column with the narrowest type; its field says what was found.</summary>
    public static (Field Field, Column Column) Infer<TCells>(string name, TCells cells)
        where TCells : struct, ICells
    {
        var first = FirstPresent(cells);
        if (first < 0)
        {
            return (new Field(name, ColumnType.Text, cells.Rows > 0, Unify.Empty), AllMissing(ColumnType.Text, cells.Rows));
        }

        var type = TypeOf(cells, first);
        var typedSeen = false;
        while (type != ColumnType.Text)
        {
            var attempt = Build(cells, type);
            if (attempt.Column is { } column)
            {
                return (new Field(name, type, attempt.Nulls > 0, attempt.Beyond ? Unify.BeyondDouble : null), column);
            }

            typedSeen = true;
            type = Widen(type, attempt, TypeOf(cells, attempt.FailedRow));
        }

        var text = BuildText(cells, typedSeen, out var nulls, out var format);
        return (new Field(name, ColumnType.Text, nulls > 0, format), text);
    }

    /// <summary>The column with a given type.</summary>
    /// <exception cref="DataException">A value does not have that type; names it.</exception>
    public static Column Read<TCells>(Field field, TCells cells)
        where TCells : struct, ICells
    {
        if (field.Type == ColumnType.Text)
        {
            return BuildText(cells, true, out _, out _);
        }

        var attempt = Build(cells, field.Type);
        if (attempt.Column is { } column)
        {
            return column;
        }

        cells.TryGet(attempt.FailedRow, out var found);
        throw new DataException(
            $"Column '{field.Name}' holds {Shown(found)}, which is no {field.Type}. The column was read as {field.Type} because all its shards agreed on it; "
            + "run again to detect the types anew, or give the column the type Text.");
    }

    /// <summary>A column without a single value.</summary>
    public static Column AllMissing(ColumnType type, int rows)
    {
        var validity = rows == 0 ? null : Column.NewValidity(rows);
        return type switch
        {
            ColumnType.Text => new TextColumn([], new int[rows + 1], rows, validity),
            ColumnType.Boolean => new ValueColumn<bool>(type, new bool[rows], validity),
            ColumnType.Float64 => new ValueColumn<double>(type, new double[rows], validity),
            ColumnType.Date => new ValueColumn<int>(type, new int[rows], validity),
            _ => new ValueColumn<long>(type, new long[rows], validity),
        };
    }

    /// <summary>The same text in every row.</summary>
    public static TextColumn Constant(ReadOnlySpan<byte> text, int rows)
    {
        var builder = new TextBuilder(rows, text.Length * rows);
        for (var row = 0; row < rows; row++)
        {
            builder.Append(text);
        }

        return builder.Build();
    }

    static ColumnType Widen(ColumnType type, in Attempt attempt, ColumnType found) => (type, found) switch
    {
        (ColumnType.Int64, ColumnType.Float64) when !attempt.Beyond => ColumnType.Float64,
        (ColumnType.Date, ColumnType.Timestamp) => ColumnType.Timestamp,
        _ => ColumnType.Text,
    };

    static int FirstPresent<TCells>(TCells cells)
        where TCells : struct, ICells
    {
        for (var row = 0; row < cells.Rows; row++)
        {
            if (cells.TryGet(row, out _))
            {
                return row;
            }
        }

        return -1;
    }

    static ColumnType TypeOf<TCells>(TCells cells, int row)
        where TCells : struct, ICells
    {
        cells.TryGet(row, out var text);
        return TypeOf(cells, row, text);
    }

    static ColumnType TypeOf<TCells>(TCells cells, int row, ReadOnlySpan<byte> text)
        where TCells : struct, ICells
    {
        var kinds = cells.Kinds(row);
        if (kinds == ValueKinds.Any)
        {
            return ValueParser.TypeOf(text);
        }

        return (kinds & ValueKinds.Int64) != 0 && ValueParser.TryInt64(text, out _) ? ColumnType.Int64
            : (kinds & ValueKinds.Float64) != 0 && cells.TryFloat64(text, out _) ? ColumnType.Float64
            : (kinds & ValueKinds.Boolean) != 0 && ValueParser.TryBoolean(text, out _) ? ColumnType.Boolean
            : (kinds & ValueKinds.Date) != 0 && ValueParser.TryDate(text, out _) ? ColumnType.Date
            : (kinds & ValueKinds.Timestamp) != 0 && ValueParser.TryTimestamp(text, out _) ? ColumnType.Timestamp
            : ColumnType.Text;
    }

    static string Shown(ReadOnlySpan<byte> text)
    {
        const int MaxShown = 80;
        return text.Length <= MaxShown ? $"\"{System.Text.Encoding.UTF8.GetString(text)}\"" : $"\"{System.Text.Encoding.UTF8.GetString(text[..MaxShown])}...\"";
    }

    /// <summary>Either a column, or the first row that the type cannot hold.</summary>
    readonly record struct Attempt(Column? Column, int Nulls, int FailedRow, bool Beyond);
}
