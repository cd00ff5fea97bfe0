using System.Text;
using Sluice.Batches;

namespace Sluice.Core.Tests.Batches;

/// <summary>Batches of every type with every awkward value.</summary>
static class RandomBatches
{
    static readonly long[] integers = [0, 1, -1, long.MinValue, long.MaxValue, 1L << 53, (1L << 53) + 1, 42];

    static readonly double[] numbers =
    [
        0.0, -0.0, 1.5, double.NaN, BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_0001), double.PositiveInfinity, double.NegativeInfinity, double.Epsilon,
        double.MaxValue, 0.1,
    ];

    static readonly int[] dates = [0, -1, 1, 19_000, -719_162, 2_932_896];
    static readonly long[] times = [0, -1, 1, 1_600_000_000_123_456, -62_135_596_800_000_000, 253_402_300_799_999_999];
    static readonly string[] texts = ["", "a", "exactly12byt", "exactly13byte", "null", "NULL", "a\0b", "\0", "žluťoučký kůň", "🚀🚀🚀🚀", "\r\n\",;", " x ", new('z', 5000)];

    public static Schema Schema { get; } = new(
    [
        new("flag", ColumnType.Boolean), new("count", ColumnType.Int64, true, "beyond-double"), new("price", ColumnType.Float64), new("day", ColumnType.Date, true, "YYYY-MM-DD"),
        new("at", ColumnType.Timestamp), new("text", ColumnType.Text, true, "mixed"), new("id", ColumnType.Int64, false), new("name", ColumnType.Text, false),
    ]);

    public static Batch Of(int rows, int seed, double nulls = 0.2)
    {
        var random = new Random(seed);
        return new Batch(
            Schema,
            Schema.Select(field => Column(field, rows, random, field.Nullable ? nulls : 0)),
            rows);
    }

    public static void AssertSame(Batch expected, Batch found)
    {
        Assert.Equal(expected.Schema, found.Schema);
        Assert.Equal(expected.Rows, found.Rows);
        for (var column = 0; column < expected.Schema.Count; column++)
        {
            var (left, right) = (expected[column], found[column]);
            Assert.Equal(left.CountNulls(), right.CountNulls());
            for (var row = 0; row < expected.Rows; row++)
            {
                if (left.IsNull(row) != right.IsNull(row) || !Bits(left, row).SequenceEqual(Bits(right, row)))
                {
                    Assert.Fail($"column {expected.Schema[column].Name}, row {row}: expected {left.Display(row)}, found {right.Display(row)}");
                }
            }
        }
    }

    static ReadOnlySpan<byte> Bits(Column column, int row) => column switch
    {
        TextColumn text => text[row],
        ValueColumn<bool> flags => new[] { flags.Values[row] ? (byte)1 : (byte)0 },
        ValueColumn<int> days => BitConverter.GetBytes(days.Values[row]),
        ValueColumn<long> whole => BitConverter.GetBytes(whole.Values[row]),
        ValueColumn<double> real => BitConverter.GetBytes(real.Values[row]),
        _ => throw new ArgumentException(column.GetType().Name),
    };

    static Column Column(Field field, int rows, Random random, double nulls)
    {
        ColumnBuilder builder = field.Type switch
        {
            ColumnType.Text => new TextBuilder(),
            ColumnType.Boolean => new ValueBuilder<bool>(field.Type),
            ColumnType.Float64 => new ValueBuilder<double>(field.Type),
            ColumnType.Date => new ValueBuilder<int>(field.Type),
            _ => new ValueBuilder<long>(field.Type),
        };
        for (var row = 0; row < rows; row++)
        {
            if (random.NextDouble() < nulls)
            {
                builder.AppendNull();
                continue;
            }

            switch (builder)
            {
                case TextBuilder text:
                    text.Append(Encoding.UTF8.GetBytes(texts[random.Next(texts.Length - (rows > 10_000 ? 1 : 0))]));
                    break;
                case ValueBuilder<bool> flags:
                    flags.Append(random.Next(2) == 0);
                    break;
                case ValueBuilder<double> real:
                    real.Append(random.Next(2) == 0 ? random.NextDouble() : numbers[random.Next(numbers.Length)]);
                    break;
                case ValueBuilder<int> days:
                    days.Append(dates[random.Next(dates.Length)]);
                    break;
                case ValueBuilder<long> whole when field.Type == ColumnType.Timestamp:
                    whole.Append(times[random.Next(times.Length)]);
                    break;
                case ValueBuilder<long> whole:
                    whole.Append(random.Next(2) == 0 ? random.NextInt64() : integers[random.Next(integers.Length)]);
                    break;
            }
        }

        return builder.Finish();
    }
}
