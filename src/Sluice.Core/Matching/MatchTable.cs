using System.Runtime.InteropServices;
using System.Text;

namespace Sluice.Matching;

/// <summary>
/// The rows of one table or two, in the order of their content's hash, with their columns ready to be compared and the whole row as a last column. The
/// order of the input and which table is the left one leave no trace in what is found.
/// </summary>
sealed class MatchTable
{
    /// <summary>Columns that are compared where none are named.</summary>
    public const int MaxColumns = 64;

    readonly int[] order;
    readonly int lefts;

    /// <param name="left">Rows of the left table, or of the one table.</param>
    /// <param name="right">Rows of the right table; null for one table.</param>
    /// <param name="names">Columns to compare; both tables have them.</param>
    public MatchTable(Batch left, Batch? right, IReadOnlyList<string> names)
    {
        Batch[] tables = right is null ? [left] : [left, right];
        IsLink = right is not null;
        lefts = left.Rows;
        var chosen = names.Count > 0 ? names : MostTelling(tables);
        var texts = tables.Select(t => chosen.Select(name => CellBytes.Of(t[name])).ToArray()).ToArray();
        var keys = tables.SelectMany((t, i) => RowHash.Rows(texts[i], t.Rows)).ToArray();
        order = [.. Enumerable.Range(0, keys.Length)];
        Array.Sort(keys, order, Comparer<RowKey>.Default);
        Steady(keys);
        Columns = [.. chosen.Select((name, i) => Column(name, [.. texts.Select(t => t[i])])), new MatchColumn("")];
        AddWholeRows();
        foreach (var column in Columns)
        {
            column.Finish();
        }
    }

    /// <summary>Compared columns, and last the whole row.</summary>
    public IReadOnlyList<MatchColumn> Columns { get; }

    public bool IsLink { get; }

    public int Rows => order.Length;

    /// <summary>Whether the row is one of the left table.</summary>
    public bool IsLeft(int row) => order[row] < lefts;

    /// <summary>Row of its own table.</summary>
    public int OriginOf(int row) => order[row] < lefts ? order[row] : order[row] - lefts;

    /// <summary>Position of each row of the left table.</summary>
    public int[] Positions()
    {
        var positions = new int[order.Length];
        for (var row = 0; row < order.Length; row++)
        {
            positions[order[row]] = row;
        }

        return positions;
    }

    // Sorting is not stable, and rows of equal content are told apart by their place.
    void Steady(RowKey[] keys)
    {
        for (var from = 0; from < keys.Length;)
        {
            var to = from + 1;
            while (to < keys.Length && keys[to] == keys[from])
            {
                to++;
            }

            Array.Sort(order, from, to - from);
            from = to;
        }
    }

    /// <summary>Columns that all tables have; of more than <see cref="MaxColumns"/>, those with the most different values.</summary>
    public static string[] MostTelling(Batch[] tables)
    {
        string[] shared = [.. tables[0].Schema.Select(f => f.Name).Where(name => tables[^1].Schema.Has(name))];
        if (shared.Length <= MaxColumns)
        {
            return shared;
        }

        var different = shared.ToDictionary(name => name, name => tables.SelectMany(t => RowHash.Rows([t[name]], t.Rows)).Distinct().Count());
        var kept = shared.OrderByDescending(name => different[name]).Take(MaxColumns).ToHashSet(StringComparer.Ordinal);
        return [.. shared.Where(kept.Contains)];
    }

    MatchColumn Column(string name, TextColumn[] parts)
    {
        var column = new MatchColumn(name);
        var folded = new byte[FoldedText.MaxBytes];
        foreach (var at in order)
        {
            var (part, row) = at < lefts ? (parts[0], at) : (parts[^1], at - lefts);
            var cell = part.IsNull(row) ? [] : part[row];
            column.Add(cell, folded.AsSpan(0, FoldedText.Fold(cell, folded)));
        }

        return column;
    }

    void AddWholeRows()
    {
        var whole = new List<byte>();
        for (var row = 0; row < Rows; row++)
        {
            whole.Clear();
            foreach (var column in Columns.Take(Columns.Count - 1))
            {
                if (!column.IsMissing(row) && whole.Count < FoldedText.MaxBytes)
                {
                    whole.AddRange(whole.Count > 0 ? " "u8 : []);
                    whole.AddRange(column.Text(row));
                }
            }

            var text = CollectionsMarshal.AsSpan(whole);
            Columns[^1].Add(text, text[..Math.Min(text.Length, FoldedText.MaxBytes)]);
        }
    }
}

/// <summary>Cells of any type as text.</summary>
static class CellBytes
{
    public static TextColumn Of(Column column)
    {
        if (column is TextColumn text)
        {
            return text;
        }

        var builder = new TextBuilder(column.Rows);
        for (var row = 0; row < column.Rows; row++)
        {
            if (column.IsNull(row) || (column is ValueColumn<double> numbers && double.IsNaN(numbers.Values[row])))
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(Encoding.UTF8.GetBytes(column.Display(row)));
            }
        }

        return builder.Build();
    }
}
