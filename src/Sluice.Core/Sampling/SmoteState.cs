using Sluice.Steps;

namespace Sluice.Sampling;

/// <summary>A different row of a class.</summary>
/// <param name="Count">How often it comes.</param>
/// <param name="Numbers">Its number columns.</param>
/// <param name="Categories">Its columns of categories, as text.</param>
sealed record SmoteRow(long Count, double[] Numbers, string[] Categories);

/// <summary>
/// Rows for training by class: of each, the different ones whose lots are least, with how often they come. Those depend on the rows alone, however they were dealt out, and their
/// number is bounded.
/// </summary>
sealed class SmoteState(int maxClassRows) : State
{
    readonly SortedDictionary<ulong, ClassRows> classes = [];
    readonly SortedDictionary<string, long> missing = new(StringComparer.Ordinal);

    /// <summary>Missing values of rows for training, by column.</summary>
    public IReadOnlyDictionary<string, long> Missing => missing;

    /// <summary>The rows of a class by their lots.</summary>
    public ClassRows Of(ulong value) => classes[value];

    /// <summary>The rows of all other classes, class by class, each by their lots.</summary>
    public IEnumerable<(ulong Class, ulong Lot, SmoteRow Row)> OfOthers(ulong value) =>
        classes.Where(c => c.Key != value).SelectMany(c => c.Value.Rows.Select(r => (c.Key, r.Lot, r.Row)));

    /// <param name="batch">Rows.</param>
    /// <param name="keys">Class and lot of each.</param>
    /// <param name="training">Which are for training.</param>
    /// <param name="label">Column of the class.</param>
    /// <param name="columns">Columns of numbers.</param>
    /// <param name="categories">Columns of categories.</param>
    public void Observe(Batch batch, RowKey[] keys, bool[] training, string label, IReadOnlyList<string> columns, IReadOnlyList<string> categories)
    {
        double[][] numbers = [.. columns.Select(name => Numbers.Of(batch[name]).ToArray())];
        Column[] texts = [.. categories.Select(name => batch[name])];
        for (var row = 0; row < batch.Rows; row++)
        {
            if (!training[row] || IsMissing(row, columns, numbers, categories, texts))
            {
                continue;
            }

            // Zero has two signs, and one hash.
            var rows = RowsOf(keys[row].High, () => batch[label].IsNull(row) ? null : batch[label].Display(row));
            rows.Add(keys[row].Low, 1, () => new SmoteRow(1, [.. numbers.Select(column => column[row] + 0.0)], [.. texts.Select(column => column.Display(row))]), maxClassRows);
        }
    }

    bool IsMissing(int row, IReadOnlyList<string> columns, double[][] numbers, IReadOnlyList<string> categories, Column[] texts)
    {
        var any = false;
        for (var i = 0; i < numbers.Length; i++)
        {
            any |= Note(columns[i], row >= numbers[i].Length || !double.IsFinite(numbers[i][row]));
        }

        for (var i = 0; i < texts.Length; i++)
        {
            any |= Note(categories[i], texts[i].IsNull(row));
        }

        return any;
    }

    bool Note(string column, bool isMissing)
    {
        if (isMissing)
        {
            missing[column] = missing.GetValueOrDefault(column) + 1;
        }

        return isMissing;
    }

    public override void Merge(State other)
    {
        var theirs = (SmoteState)other;
        foreach (var (value, rows) in theirs.classes)
        {
            var ours = RowsOf(value, () => rows.Name);
            foreach (var (lot, row) in rows.Rows)
            {
                ours.Add(lot, row.Count, () => row, maxClassRows);
            }
        }

        foreach (var (column, count) in theirs.missing)
        {
            missing[column] = missing.GetValueOrDefault(column) + count;
        }
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(missing.Count);
        foreach (var (column, count) in missing)
        {
            writer.Write(column);
            writer.Write(count);
        }

        writer.Write(classes.Count);
        foreach (var (value, rows) in classes)
        {
            writer.Write(value);
            rows.Write(writer);
        }
    }

    public override void Read(BinaryReader reader)
    {
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            missing[reader.ReadString()] = reader.ReadInt64();
        }

        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            classes[reader.ReadUInt64()] = ClassRows.Read(reader);
        }
    }

    ClassRows RowsOf(ulong value, Func<string?> name)
    {
        if (!classes.TryGetValue(value, out var rows))
        {
            classes[value] = rows = new ClassRows(name());
        }

        return rows;
    }
}

/// <summary>The rows of a class with the least lots.</summary>
sealed class ClassRows(string? name)
{
    readonly SortedSet<ulong> lots = [];
    readonly Dictionary<ulong, SmoteRow> rows = [];

    /// <summary>The class's value; null where it is missing.</summary>
    public string? Name => name;

    /// <summary>In the order of lots.</summary>
    public IEnumerable<(ulong Lot, SmoteRow Row)> Rows => lots.Select(lot => (lot, rows[lot]));

    public int Count => lots.Count;

    public void Add(ulong lot, long count, Func<SmoteRow> row, int most)
    {
        if (rows.TryGetValue(lot, out var known))
        {
            rows[lot] = known with { Count = known.Count + count };
        }
        else if (lots.Count < most || lot < lots.Max)
        {
            lots.Add(lot);
            rows[lot] = row();
            if (lots.Count > most)
            {
                rows.Remove(lots.Max);
                lots.Remove(lots.Max);
            }
        }
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(name is not null);
        writer.Write(name ?? "");
        writer.Write(Count);
        foreach (var (lot, row) in Rows)
        {
            writer.Write(lot);
            writer.Write(row.Count);
            writer.Write(row.Numbers.Length);
            Array.ForEach(row.Numbers, writer.Write);
            writer.Write(row.Categories.Length);
            Array.ForEach(row.Categories, writer.Write);
        }
    }

    public static ClassRows Read(BinaryReader reader)
    {
        var (hasName, name) = (reader.ReadBoolean(), reader.ReadString());
        var all = new ClassRows(hasName ? name : null);
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var (lot, count) = (reader.ReadUInt64(), reader.ReadInt64());
            var numbers = new double[reader.ReadInt32()];
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = reader.ReadDouble();
            }

            var categories = new string[reader.ReadInt32()];
            for (var i = 0; i < categories.Length; i++)
            {
                categories[i] = reader.ReadString();
            }

            all.lots.Add(lot);
            all.rows[lot] = new SmoteRow(count, numbers, categories);
        }

        return all;
    }
}
