using System.Globalization;
using Sluice.Steps;

namespace Sluice.Matching;

/// <summary>The different rows of a table as text, up to a limit, by a hash of their content. Beyond the limit it holds none and says so.</summary>
sealed class RowTexts(Schema schema, int maxRows) : State
{
    readonly SortedDictionary<RowKey, byte[]> rows = [];

    /// <summary>Whether there were more different rows than the limit.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Columns, with the types that they have in the table.</summary>
    public Schema Schema => schema;

    /// <summary>Hash of each row's content; <see cref="NoKey"/> where every compared cell is missing, for such a row is nobody's duplicate.</summary>
    public static RowKey[] Keys(Batch rows, IReadOnlyCollection<string> compared)
    {
        var keys = RowHash.Rows(rows.Columns, rows.Rows);
        var present = new bool[rows.Rows];
        foreach (var name in compared)
        {
            for (var row = 0; row < rows.Rows; row++)
            {
                present[row] |= !Cleaning.MissingCells.IsMissing(rows[name], row);
            }
        }

        for (var row = 0; row < keys.Length; row++)
        {
            keys[row] = present[row] ? keys[row] : NoKey;
        }

        return keys;
    }

    public static RowKey NoKey => Cleaning.KeyColumns.None;

    /// <summary>The hash as text, for fitted parameters.</summary>
    public static string Name(RowKey key) => $"{key.High:x16}{key.Low:x16}";

    /// <summary>The hash that <see cref="Name"/> wrote.</summary>
    public static RowKey Key(string name) =>
        new(ulong.Parse(name.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture), ulong.Parse(name.AsSpan(16), NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    public void Add(Batch batch, IReadOnlyCollection<string> compared)
    {
        var keys = Keys(batch, compared);
        var texts = batch.Columns.Select(CellBytes.Of).ToArray();
        for (var row = 0; row < batch.Rows && !IsFull; row++)
        {
            if (keys[row] != NoKey && !rows.ContainsKey(keys[row]))
            {
                Add(keys[row], Pack(texts, row));
            }
        }
    }

    /// <summary>The rows in the order of these keys, as text columns.</summary>
    public Batch Rows(IEnumerable<RowKey> order)
    {
        var builders = schema.Select(_ => new TextBuilder(rows.Count)).ToArray();
        foreach (var key in order)
        {
            using var reader = new BinaryReader(new MemoryStream(rows[key]));
            foreach (var builder in builders)
            {
                if (reader.Read7BitEncodedInt() is var length && length > 0)
                {
                    builder.Append(reader.ReadBytes(length - 1));
                }
                else
                {
                    builder.AppendNull();
                }
            }
        }

        var columns = builders.Select(b => b.Build()).ToArray();
        return new Batch(new Schema(schema.Select(f => new Field(f.Name, ColumnType.Text))), columns, columns.Length == 0 ? 0 : columns[0].Rows);
    }

    public override void Merge(State other)
    {
        var theirs = (RowTexts)other;
        if (theirs.IsFull)
        {
            Overflow();
        }

        foreach (var (key, row) in theirs.rows)
        {
            Add(key, row);
        }
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(IsFull);
        writer.Write7BitEncodedInt(rows.Count);
        foreach (var (key, row) in rows)
        {
            writer.Write(key.High);
            writer.Write(key.Low);
            writer.Write7BitEncodedInt(row.Length);
            writer.Write(row);
        }
    }

    public override void Read(BinaryReader reader)
    {
        IsFull = reader.ReadBoolean();
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var key = new RowKey(reader.ReadUInt64(), reader.ReadUInt64());
            rows[key] = reader.ReadBytes(reader.Read7BitEncodedInt());
        }
    }

    void Add(RowKey key, byte[] row)
    {
        if (!IsFull)
        {
            rows[key] = row;
            if (rows.Count > maxRows)
            {
                Overflow();
            }
        }
    }

    // Which rows were there does not matter any more, and would depend on the order.
    void Overflow()
    {
        IsFull = true;
        rows.Clear();
    }

    static byte[] Pack(TextColumn[] texts, int row)
    {
        using var packed = new MemoryStream();
        using var writer = new BinaryWriter(packed);
        foreach (var text in texts)
        {
            writer.Write7BitEncodedInt(text.IsNull(row) ? 0 : text[row].Length + 1);
            writer.Write(text[row]);
        }

        writer.Flush();
        return packed.ToArray();
    }
}
