namespace Sluice.Joins;

/// <summary>Rows of a table by key, each key's rows in the order of the table. Keys are equal when their 128-bit hashes are; a missing value equals nothing.</summary>
sealed class KeyIndex
{
    readonly Dictionary<RowKey, int> first;
    readonly int[] next;

    public KeyIndex(Batch rows, IReadOnlyList<string> columns)
    {
        Keys = RowHash.Rows([.. columns.Select(name => rows[name])], rows.Rows);
        HasKey = Present(rows, columns);
        first = new Dictionary<RowKey, int>(rows.Rows);
        next = new int[rows.Rows];
        IsUnique = true;

        // From the last row on, so that each chain goes in the order of the table.
        for (var row = rows.Rows - 1; row >= 0; row--)
        {
            if (HasKey(row))
            {
                next[row] = first.TryGetValue(Keys[row], out var after) ? after : -1;
                IsUnique &= next[row] < 0;
                first[Keys[row]] = row;
            }
        }
    }

    public RowKey[] Keys { get; }

    public Func<int, bool> HasKey { get; }

    /// <summary>Whether no key is there twice.</summary>
    public bool IsUnique { get; }

    /// <summary>First row of a key, or -1.</summary>
    public int First(RowKey key) => first.TryGetValue(key, out var row) ? row : -1;

    /// <summary>The key's row after this one, or -1.</summary>
    public int Next(int row) => next[row];

    /// <summary>Whether a row has a value in all of the columns.</summary>
    public static Func<int, bool> Present(Batch rows, IReadOnlyList<string> columns)
    {
        Column[] nullable = [.. columns.Select(name => rows[name]).Where(c => c.Validity is not null)];
        return nullable.Length == 0 ? _ => true : row => Array.TrueForAll(nullable, c => !c.IsNull(row));
    }
}
