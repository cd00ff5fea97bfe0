using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Profiles;

/// <summary>Mergeable summary of one column: what a profile shows and what drift is found by.</summary>
sealed class ColumnSketch(Field field) : State
{
    const int MaxShape = 48;

    public Field Field { get; } = field;

    public long Rows { get; private set; }

    /// <summary>Null, NaN, empty or blank cells.</summary>
    public long Missing { get; private set; }

    public long Present => Rows - Missing;

    public HyperLogLog Distinct { get; } = new();

    public BottomHashes Hashes { get; } = new();

    /// <summary>Values of text and booleans while there are at most 1,000 different ones.</summary>
    public TopValues Values { get; } = new();

    /// <summary>Numbers, days or microseconds; null for text and booleans.</summary>
    public NumberSummary? Numbers { get; } = Steps.Numbers.IsOrdered(field.Type) ? new NumberSummary(4_096) : null;

    /// <summary>Lengths of texts in bytes.</summary>
    public ValueHistogram? Lengths { get; } = field.Type == ColumnType.Text ? new ValueHistogram(4_096) : null;

    /// <summary>Shapes of short texts: a for letters, A for capitals, 9 for digits, runs as one.</summary>
    public TopValues? Shapes { get; } = field.Type == ColumnType.Text ? new TopValues(200, MaxShape) : null;

    /// <returns>One cell a row for the sample of rows: the bits of a number, or the hash of a value.</returns>
    public ulong[] Observe(Column column)
    {
        Rows += column.Rows;
        return column switch
        {
            TextColumn text => ObserveText(text),
            ValueColumn<bool> flags => ObserveFlags(flags),
            _ => ObserveNumbers(Steps.Numbers.Of(column)),
        };
    }

    public override void Merge(State other)
    {
        var theirs = (ColumnSketch)other;
        Rows += theirs.Rows;
        Missing += theirs.Missing;
        Distinct.Merge(theirs.Distinct);
        Hashes.Merge(theirs.Hashes);
        Values.Merge(theirs.Values);
        Numbers?.Merge(theirs.Numbers!);
        Lengths?.Merge(theirs.Lengths!);
        Shapes?.Merge(theirs.Shapes!);
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(Rows);
        writer.Write(Missing);
        foreach (var state in States())
        {
            state.Write(writer);
        }
    }

    public override void Read(BinaryReader reader)
    {
        Rows = reader.ReadInt64();
        Missing = reader.ReadInt64();
        foreach (var state in States())
        {
            state.Read(reader);
        }
    }

    IEnumerable<State> States() => new State?[] { Distinct, Hashes, Values, Numbers, Lengths, Shapes }.OfType<State>();

    ulong[] ObserveText(TextColumn text)
    {
        var cells = new ulong[text.Rows];
        Span<byte> shape = stackalloc byte[MaxShape];
        for (var row = 0; row < cells.Length; row++)
        {
            var value = text[row];
            if (text.IsNull(row) || Utf8Text.IsBlank(value))
            {
                Missing++;
                cells[row] = RowSample.Missing;
                continue;
            }

            cells[row] = Add(value, 1);
            Lengths!.Add(value.Length);
            if (!Shapes!.IsOver)
            {
                Shapes.Add(shape[..ShapeOf(value, shape)]);
            }
        }

        return cells;
    }

    ulong[] ObserveFlags(ValueColumn<bool> flags)
    {
        var cells = new ulong[flags.Rows];
        var (yes, no) = (0L, 0L);
        for (var row = 0; row < cells.Length; row++)
        {
            if (flags.IsNull(row))
            {
                Missing++;
                cells[row] = RowSample.Missing;
                continue;
            }

            cells[row] = flags.Values[row] ? 1UL : 2UL;
            yes += flags.Values[row] ? 1 : 0;
            no += flags.Values[row] ? 0 : 1;
        }

        Add("true"u8, yes);
        Add("false"u8, no);
        return cells;
    }

    ulong[] ObserveNumbers(ReadOnlySpan<double> numbers)
    {
        var cells = RowSample.Bits(numbers);
        foreach (var cell in cells)
        {
            if (cell == RowSample.Missing)
            {
                Missing++;
                continue;
            }

            var hash = RowHash.Mix(cell ^ 0xA0761D6478BD642F, 0x9E3779B97F4A7C15);
            Distinct.Add(hash);
            Hashes.Add(hash);
        }

        Numbers!.Add(numbers);
        return cells;
    }

    ulong Add(ReadOnlySpan<byte> value, long count)
    {
        var hash = RowHash.Bytes(value);
        if (count > 0)
        {
            Distinct.Add(hash);
            Hashes.Add(hash);
            Values.Add(value, hash, count);
        }

        return hash;
    }

    // Longer shapes are cut: they say that the text is long, not what it is.
    static int ShapeOf(ReadOnlySpan<byte> value, Span<byte> into)
    {
        var (length, before) = (0, (byte)0);
        foreach (var letter in value)
        {
            var kind = letter switch
            {
                >= (byte)'0' and <= (byte)'9' => (byte)'9',
                >= (byte)'A' and <= (byte)'Z' => (byte)'A',
                >= (byte)'a' and <= (byte)'z' or >= 0x80 => (byte)'a',
                _ => letter,
            };
            if (kind == before && kind is (byte)'9' or (byte)'A' or (byte)'a')
            {
                continue;
            }

            if (length == into.Length)
            {
                break;
            }

            into[length++] = before = kind;
        }

        return length;
    }
}
