using System.Buffers.Text;
using Sluice.Cleaning;
using Sluice.Connectors;
using Sluice.Steps;

namespace Sluice.SchemaDetection;

/// <summary>What is remembered of one column: counts and kinds of all its cells, and a sample of its different values.</summary>
sealed class ColumnSketch(Field declared, int capacity) : State
{
    /// <summary>Decimal places that are looked for in a double; with more it is no decimal number but a measurement.</summary>
    const int MaxScale = 9;

    static readonly double[] powers = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

    readonly TypeVotes? votes = declared.Type == ColumnType.Text && declared.Format != "json" ? new TypeVotes(new CellKinds(CellKinds.DefaultTokens)) : null;
    long smallest = long.MaxValue, largest = long.MinValue;

    public Field Field => declared;

    public ValueSample Values { get; } = new(capacity);

    public long Rows { get; private set; }

    /// <summary>Null, NaN, empty or blank.</summary>
    public long Missing { get; private set; }

    public long Present => Rows - Missing;

    /// <summary>Values with white space at an end.</summary>
    public long Padded { get; private set; }

    public long InfiniteValues { get; private set; }

    /// <summary>Decimal places that every finite number of the column needs at most; more than 9 means no decimal number.</summary>
    public int Scale { get; private set; }

    /// <summary>Bytes of the longest text.</summary>
    public int Longest { get; private set; }

    public double? Min => largest < smallest ? null : FromOrder(smallest);

    public double? Max => largest < smallest ? null : FromOrder(largest);

    /// <summary>The type of its text values; null for columns that have one.</summary>
    public ColumnKind? Kind(double minShare) => votes?.Fit(declared.Name, minShare);

    public void Observe(Column column)
    {
        Rows += column.Rows;
        switch (column)
        {
            case TextColumn text:
                ObserveText(text);
                break;
            case ValueColumn<double> numbers:
                ObserveNumbers(numbers);
                break;
            default:
                ObserveOthers(column);
                break;
        }
    }

    void ObserveText(TextColumn text)
    {
        for (var row = 0; row < text.Rows; row++)
        {
            var whole = text[row];
            var value = text.IsNull(row) ? default : Utf8Text.Trim(whole);
            if (value.IsEmpty)
            {
                Missing++;
                continue;
            }

            Padded += value.Length < whole.Length ? 1 : 0;
            Longest = Math.Max(Longest, value.Length);
            votes?.Observe(value);
            var hash = CellHash.Text(value);
            if (Values.Wants(hash))
            {
                Values.Add(hash, value, 1);
            }
        }
    }

    void ObserveNumbers(ValueColumn<double> column)
    {
        var values = column.Values;
        for (var row = 0; row < values.Length && row < column.Rows; row++)
        {
            var value = values[row];
            if (column.IsNull(row) || double.IsNaN(value))
            {
                Missing++;
                continue;
            }

            if (double.IsFinite(value))
            {
                Extend(ToOrder(value));
                WidenScale(value);
            }
            else
            {
                InfiniteValues++;
            }

            Sample(column, row, CellHash.Number(value));
        }
    }

    void ObserveOthers(Column column)
    {
        var integers = column as ValueColumn<long>;
        for (var row = 0; row < column.Rows; row++)
        {
            if (column.IsNull(row))
            {
                Missing++;
                continue;
            }

            if (integers is not null)
            {
                Extend(ToOrder(integers.Values[row]));
            }
            else if (column is ValueColumn<int> days)
            {
                Extend(ToOrder(days.Values[row]));
            }

            Sample(column, row, CellHash.Of(column, row));
        }
    }

    void Sample(Column column, int row, ulong hash)
    {
        if (Values.Wants(hash))
        {
            Span<byte> text = stackalloc byte[CellText.MaxLength];
            var length = column is ValueColumn<double> numbers
                ? Plain(numbers.Values[row], text)
                : CellText.Format(column, row, text);
            Values.Add(hash, text[..length], 1);
        }
    }

    // A whole number is shown without a point, so that codes and years that share a column with a missing value look as they were written.
    static int Plain(double value, Span<byte> text) =>
        Math.Abs(value) < 1e15 && value == Math.Truncate(value) && Utf8Formatter.TryFormat((long)value, text, out var length)
            ? length
            : value.TryFormat(text, out length) ? length : 0;

    /// <summary>A number has s decimal places when it is the double nearest to a whole number of 10^-s.</summary>
    void WidenScale(double value)
    {
        while (Scale <= MaxScale && Math.Round(value * powers[Scale]) / powers[Scale] != value)
        {
            Scale++;
        }
    }

    void Extend(long order)
    {
        smallest = Math.Min(smallest, order);
        largest = Math.Max(largest, order);
    }

    // Doubles as integers in the same order, so that the extremes merge to equal bytes.
    static long ToOrder(double value) => BitConverter.DoubleToInt64Bits(value == 0 ? 0 : value) is var bits && bits < 0 ? long.MinValue - bits : bits;

    static double FromOrder(long order) => BitConverter.Int64BitsToDouble(order < 0 ? long.MinValue - order : order);

    public override void Merge(State other)
    {
        var theirs = (ColumnSketch)other;
        Rows += theirs.Rows;
        Missing += theirs.Missing;
        Padded += theirs.Padded;
        InfiniteValues += theirs.InfiniteValues;
        Scale = Math.Max(Scale, theirs.Scale);
        Longest = Math.Max(Longest, theirs.Longest);
        smallest = Math.Min(smallest, theirs.smallest);
        largest = Math.Max(largest, theirs.largest);
        votes?.Merge(theirs.votes!);
        Values.Merge(theirs.Values);
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(Rows);
        writer.Write(Missing);
        writer.Write(Padded);
        writer.Write(InfiniteValues);
        writer.Write(Scale);
        writer.Write(Longest);
        writer.Write(smallest);
        writer.Write(largest);
        votes?.Write(writer);
        Values.Write(writer);
    }

    public override void Read(BinaryReader reader)
    {
        Rows = reader.ReadInt64();
        Missing = reader.ReadInt64();
        Padded = reader.ReadInt64();
        InfiniteValues = reader.ReadInt64();
        Scale = reader.ReadInt32();
        Longest = reader.ReadInt32();
        smallest = reader.ReadInt64();
        largest = reader.ReadInt64();
        votes?.Read(reader);
        Values.Read(reader);
    }
}
