namespace Sluice.Batches;

/// <summary>
/// Rows as columns. <see cref="Origin"/> says which row of the batch's file each row came from, so that a verdict on a row
/// that several steps have passed on still names the row the user gave us.
/// </summary>
public sealed class Batch
{
    readonly Column[] columns;

    public Batch(Schema schema, IEnumerable<Column> columns, int rows, int[]? origin = null)
    {
        Schema = schema;
        this.columns = [.. columns];
        Rows = rows;
        Origin = origin;
        if (this.columns.Length != schema.Count)
        {
            throw new ArgumentException($"A batch of {schema.Count} fields was given {this.columns.Length} columns.", nameof(columns));
        }

        for (var i = 0; i < this.columns.Length; i++)
        {
            if (this.columns[i].Rows != rows || this.columns[i].Type != schema[i].Type)
            {
                throw new ArgumentException(
                    $"Column '{schema[i].Name}' is {this.columns[i].Type} with {this.columns[i].Rows} rows; expected {schema[i].Type} with {rows}.",
                    nameof(columns));
            }
        }
    }

    public Schema Schema { get; }

    public int Rows { get; }

    /// <summary>Row of the first batch of the chain that each row came from; null when nothing was dropped or moved.</summary>
    public int[]? Origin { get; }

    public Column this[int index] => columns[index];

    /// <exception cref="DataException">No such column.</exception>
    public Column this[string name] => Schema.IndexOf(name) is var i && i >= 0 ? columns[i] : throw Schema.Missing(name);

    public IReadOnlyList<Column> Columns => columns;

    public TextColumn Text(string name) => (TextColumn)this[name];

    public ReadOnlySpan<long> Int64(string name) => ((ValueColumn<long>)this[name]).Values;

    public ReadOnlySpan<double> Float64(string name) => ((ValueColumn<double>)this[name]).Values;

    /// <summary>Row of the chain's first batch that this row came from.</summary>
    public int OriginOf(int row) => Origin is { } origin ? origin[row] : row;

    /// <summary>The same rows with one column replaced, or added at the end.</summary>
    public Batch With(Field field, Column column)
    {
        var at = Schema.IndexOf(field.Name);
        Column[] next = at < 0 ? [.. columns, column] : [.. columns];
        next[at < 0 ? ^1 : at] = column;

        // A step may do this for each of very many columns: a schema is not built again for nothing.
        return new Batch(at >= 0 && Schema[at] == field ? Schema : Schema.With(field), next, Rows, Origin);
    }

    /// <summary>The rows at these positions, in the given order.</summary>
    public Batch Take(ReadOnlySpan<int> rows)
    {
        var taken = new Column[columns.Length];
        for (var i = 0; i < taken.Length; i++)
        {
            taken[i] = columns[i].Take(rows);
        }

        var origin = new int[rows.Length];
        for (var i = 0; i < origin.Length; i++)
        {
            origin[i] = OriginOf(rows[i]);
        }

        return new Batch(Schema, taken, rows.Length, origin);
    }

    /// <summary>The rows of several batches of one schema, one after another. Origins are kept as they are.</summary>
    public static Batch Concat(IReadOnlyList<Batch> parts)
    {
        if (parts.Count == 1)
        {
            return parts[0];
        }

        var rows = parts.Sum(p => p.Rows);
        var schema = parts[0].Schema;
        var columns = Enumerable.Range(0, schema.Count).Select(i => parts[0][i].Concat([.. parts.Select(p => p[i])], rows));
        var origin = new int[rows];
        var at = 0;
        foreach (var part in parts)
        {
            for (var row = 0; row < part.Rows; row++)
            {
                origin[at++] = part.OriginOf(row);
            }
        }

        return new Batch(schema, columns, rows, origin);
    }

    /// <summary>Rows [from, to).</summary>
    public Batch Slice(int from, int to)
    {
        var rows = new int[to - from];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = from + i;
        }

        return Take(rows);
    }

    /// <summary>The named columns only.</summary>
    public Batch Select(IReadOnlySet<string> names) =>
        new(Schema.Select(names), columns.Where((_, i) => names.Contains(Schema[i].Name)), Rows, Origin);
}
