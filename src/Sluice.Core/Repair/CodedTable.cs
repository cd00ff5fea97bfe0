using System.Text;

namespace Sluice.Repair;

/// <summary>
/// Rows as codes: each column has a dictionary of its different values, and a cell is a number in it. 0 is missing (null, empty, blank).
/// Error detection looks at every value many times; this way it looks at each different one once.
/// </summary>
sealed class CodedTable
{
    public const int Missing = 0;

    readonly Dictionary<string, int>[] lookups;

    public CodedTable(IReadOnlyList<string> names)
        : this(names, [.. names.Select(_ => new List<string> { "" })], [.. names.Select(_ => new Dictionary<string, int>(StringComparer.Ordinal))])
    {
    }

    CodedTable(IReadOnlyList<string> names, List<string>[] values, Dictionary<string, int>[] lookups)
    {
        (Names, Values, this.lookups) = (names, values, lookups);
        Codes = [.. names.Select(_ => new List<int>())];
    }

    /// <summary>The same rows with some replaced, over the same dictionaries.</summary>
    public CodedTable(CodedTable table, IReadOnlyDictionary<int, int[]> replaced)
    {
        (Names, Values, lookups, Rows) = (table.Names, table.Values, table.lookups, table.Rows);
        Codes = [.. table.Codes.Select(codes => codes.ToList())];
        foreach (var (row, codes) in replaced)
        {
            for (var column = 0; column < Columns; column++)
            {
                Codes[column][row] = codes[column];
            }
        }
    }

    public IReadOnlyList<string> Names { get; }

    public int Columns => Names.Count;

    public int Rows { get; private set; }

    /// <summary>Codes of each column, row by row.</summary>
    public List<int>[] Codes { get; }

    /// <summary>Values of each column by code.</summary>
    public List<string>[] Values { get; }

    public static CodedTable Of(Batch batch)
    {
        var table = new CodedTable([.. batch.Schema.Select(f => f.Name)]);
        table.Add(batch);
        return table;
    }

    /// <summary>Adds the rows of a batch of text that has these columns, in this order.</summary>
    public void Add(Batch batch)
    {
        for (var column = 0; column < Columns; column++)
        {
            var text = (TextColumn)batch[column];
            var known = new Dictionary<ulong, (int Row, int Code)>();
            for (var row = 0; row < batch.Rows; row++)
            {
                // One managed string for all equal cells.
                var hash = RowHash.Bytes(text[row]);
                if (!known.TryGetValue(hash, out var seen) || !text[seen.Row].SequenceEqual(text[row]))
                {
                    known[hash] = seen = (row, Code(column, text.IsNull(row) ? null : Encoding.UTF8.GetString(text[row])));
                }

                Codes[column].Add(seen.Code);
            }
        }

        Rows += batch.Rows;
    }

    /// <summary>No rows yet, the same dictionaries.</summary>
    public CodedTable Empty() => new(Names, Values, lookups);

    /// <summary>Drops the values of each column from this code on. Rows that have them must be gone.</summary>
    public void Trim(IReadOnlyList<int> counts)
    {
        for (var column = 0; column < Columns; column++)
        {
            for (var code = Values[column].Count - 1; code >= counts[column]; code--)
            {
                lookups[column].Remove(Values[column][code]);
                Values[column].RemoveAt(code);
            }
        }
    }

    public string Text(int column, int row) => Values[column][Codes[column][row]];

    /// <summary>The code of a value, or -1 when the column does not have it.</summary>
    public int Find(int column, string? value) =>
        string.IsNullOrWhiteSpace(value) ? Missing : lookups[column].GetValueOrDefault(value, -1);

    public int Code(int column, string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return Missing;
        }

        if (!lookups[column].TryGetValue(value, out var code))
        {
            lookups[column][value] = code = Values[column].Count;
            Values[column].Add(value);
        }

        return code;
    }
}
