using System.Text;
using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>Mergeable profile of one column.</summary>
sealed class ColumnState(Field field) : State
{
    const int HistogramBins = 24;
    const int MaxTop = 200;
    const int ShownTop = 10;
    const int MaxShown = 60;
    static readonly double[] Shares = [0.05, 0.25, 0.5, 0.75, 0.95];

    readonly HyperLogLog distinct = new();
    readonly TopValues top = new(MaxTop, maxBytes: 128);
    readonly NumberSummary? numbers = Steps.Numbers.IsOrdered(field.Type) ? new NumberSummary(4_096) : null;
    readonly TypeVotes? votes = field.Type == ColumnType.Text && field.Format != "json" ? new TypeVotes(new CellKinds(CellKinds.DefaultTokens)) : null;
    long bytes, shortest = long.MaxValue, longest;

    public long Rows { get; private set; }

    public long Missing { get; private set; }

    public long Present => Rows - Missing;

    /// <summary>Every different value and how often it occurs, while there are at most 200.</summary>
    public TopValues Values => top;

    /// <summary>Its numbers, dates or times; null for text and booleans.</summary>
    public NumberSummary? Numbers => numbers;

    /// <summary>The type its text values should have; null for columns that have one.</summary>
    public ColumnKind? Kind(double minShare) => votes?.Fit(field.Name, minShare);

    public void Observe(Column column)
    {
        Rows += column.Rows;
        switch (column)
        {
            case TextColumn text:
                ObserveText(text);
                break;
            case ValueColumn<bool> flags:
                ObserveFlags(flags);
                break;
            default:
                ObserveNumbers(column);
                break;
        }
    }

    public ColumnProfile Profile(long wrongType) => new()
    {
        Name = field.Name,
        Type = field.Type,
        Format = field.Format,
        Missing = Missing,
        WrongType = wrongType,
        Distinct = top.IsOver ? Math.Min(distinct.Estimate(), Present) : top.Distinct,
        DistinctIsExact = !top.IsOver,
        Numbers = numbers is { Count: > 0 } ? NumbersOf(numbers) : null,
        Lengths = field.Type == ColumnType.Text && Present > 0 ? new LengthProfile(shortest, longest, Math.Round((double)bytes / Present, 3)) : null,
        Top = top.IsOver || top.Distinct == 0 ? null : [.. top.Top(ShownTop).Select(v => new ValueCount(Cut(Encoding.UTF8.GetString(v.Value)), v.Count))],
    };

    public override void Merge(State other)
    {
        var theirs = (ColumnState)other;
        Rows += theirs.Rows;
        Missing += theirs.Missing;
        distinct.Merge(theirs.distinct);
        top.Merge(theirs.top);
        numbers?.Merge(theirs.numbers!);
        votes?.Merge(theirs.votes!);
        bytes += theirs.bytes;
        shortest = Math.Min(shortest, theirs.shortest);
        longest = Math.Max(longest, theirs.longest);
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(Rows);
        writer.Write(Missing);
        distinct.Write(writer);
        top.Write(writer);
        numbers?.Write(writer);
        votes?.Write(writer);
        writer.Write(bytes);
        writer.Write(shortest);
        writer.Write(longest);
    }

    public override void Read(BinaryReader reader)
    {
        Rows = reader.ReadInt64();
        Missing = reader.ReadInt64();
        distinct.Read(reader);
        top.Read(reader);
        numbers?.Read(reader);
        votes?.Read(reader);
        bytes = reader.ReadInt64();
        shortest = reader.ReadInt64();
        longest = reader.ReadInt64();
    }

    static NumberProfile NumbersOf(NumberSummary numbers)
    {
        var bins = numbers.Values.Bins(HistogramBins, out _, out _);
        return new NumberProfile(
            numbers.Values.Min, numbers.Values.Max, numbers.Mean, numbers.Deviation,
            [.. Shares.Select(numbers.Values.Quantile)], numbers.Values.RelativeError, bins);
    }

    void ObserveText(TextColumn text)
    {
        for (var row = 0; row < text.Rows; row++)
        {
            var value = text[row];
            if (text.IsNull(row) || Utf8Text.IsBlank(value))
            {
                Missing++;
                continue;
            }

            var hash = RowHash.Bytes(value);
            distinct.Add(hash);
            top.Add(value, hash, 1);
            votes?.Observe(value);
            bytes += value.Length;
            shortest = Math.Min(shortest, value.Length);
            longest = Math.Max(longest, value.Length);
        }
    }

    void ObserveFlags(ValueColumn<bool> flags)
    {
        long yes = 0, no = 0;
        for (var row = 0; row < flags.Rows; row++)
        {
            if (flags.IsNull(row))
            {
                Missing++;
            }
            else if (flags.Values[row])
            {
                yes++;
            }
            else
            {
                no++;
            }
        }

        Add("true"u8, yes);
        Add("false"u8, no);
    }

    void Add(ReadOnlySpan<byte> value, long count)
    {
        if (count > 0)
        {
            distinct.Add(RowHash.Bytes(value));
            top.Add(value, RowHash.Bytes(value), count);
        }
    }

    void ObserveNumbers(Column column)
    {
        var values = Steps.Numbers.Of(column);
        Span<byte> shown = stackalloc byte[64];
        foreach (var value in values)
        {
            if (double.IsNaN(value))
            {
                Missing++;
                continue;
            }

            distinct.Add(RowHash.Mix((ulong)BitConverter.DoubleToInt64Bits(value == 0 ? 0 : value), 0x9E3779B97F4A7C15));
            if (!top.IsOver)
            {
                Show(value, shown, out var length);
                top.Add(shown[..length]);
            }
        }

        numbers!.Add(values);
    }

    void Show(double value, Span<byte> into, out int length)
    {
        var text = field.Type switch
        {
            ColumnType.Date => Dates.Format((long)value),
            ColumnType.Timestamp => Timestamps.Format((long)value),
            _ => value.ToString("R"),
        };
        length = Encoding.UTF8.GetBytes(text, into);
    }

    static string Cut(string text) => text.Length <= MaxShown ? text : string.Concat(text.AsSpan(0, MaxShown - 1), "…");
}
