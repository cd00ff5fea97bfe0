using FsCheck;
using FsCheck.Fluent;
using Sluice.Batches;

namespace Sluice.Core.Tests.Steps;

/// <summary>Tables that nobody expects: some that are always tried, and any number of random ones.</summary>
static class HostileTables
{
    // Every plane of Unicode, what tables are made of, and what programs stumble over.
    static readonly string?[] texts =
    [
        null, null, "", " ", "a", "A", " a", "0", "1", "-1.5", "007", "1e9", "1,234", "NaN", "∞", "n/a", "null", "yes", "No", "TRUE", "2020-01-31", "2020-02-30", "31/12/2020", "Jan 5 2020",
        "99999-12-31", "+44 20 7946 0958", "a@b.co", "http://x.org", "{\"a\":1}", "[", "\u0000", "\u001F", "\u0085", "é", "e\u0301", "cafÃ©", "\u202E", "ß", "İ", "日本", "\uFFFD", "\uFFFF", "\U00010000",
        "🎈", "\U00020000", "\U00030000", "\U000E0001", "\U000F0000", "\U0010FFFF", "12 kg", "3.5 lb", "1 Main Street", new string('x', 300), new string('9', 40),
    ];

    static readonly double?[] numbers =
        [null, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, -double.MaxValue, double.Epsilon, -0.0, 0, 1, 2, 3, 2.5, -7, 1e9, 1e-300, 9_007_199_254_740_993];

    static readonly long?[] wholes = [null, long.MinValue, long.MaxValue, 0, 1, 2, 3, 5, -1, 1_000_000];

    static readonly int?[] days = [null, 0, -719_162, 2_932_896, 19_000, 19_001, 19_002];

    static readonly long?[] times = [null, 0, -62_135_596_800_000_000, 253_402_300_799_999_999, 1_700_000_000_000_000, 1_700_000_060_000_000];

    static readonly bool?[] flags = [null, true, false];

    static readonly string[] names = ["a", "A", "", " ", "\n", "id", "name", "{\"a\"}", "select", "é", "🎈", "a.b", "x'y\"z", new string('n', 200)];

    /// <summary>Tables of up to 40 rows and 5 columns of any type. A failure prints the seed that replays it.</summary>
    public static Arbitrary<Batch> Random { get; } = (
        from rows in Gen.Choose(0, 40)
        from count in Gen.Choose(0, 5)
        from order in Gen.Shuffle(names)
        from columns in Gen.Choose(0, 5).SelectMany(kind => Column(kind, rows)).ArrayOf(count)
        select new Batch(new Schema(columns.Select((column, i) => new Field(order[i], column.Type))), columns, rows)).ToArbitrary();

    /// <summary>Tables of up to 25 rows with the columns t and u of text and x and y of numbers, many of them equal, for steps that name their columns.</summary>
    public static Gen<Batch> Named { get; } =
        from rows in Gen.Choose(0, 25)
        from t in Gen.Elements(texts).ArrayOf(rows)
        from u in Gen.Elements("yes", "no", "yes", "no", "", null, "\U0010FFFF").ArrayOf(rows)
        from x in Gen.Elements(numbers).ArrayOf(rows)
        from y in Gen.Elements(numbers).ArrayOf(rows)
        select Features.FeatureTable.Join(DirtyTable.Text(("t", t), ("u", u)), DirtyTable.Numbers("x", x), DirtyTable.Numbers("y", y));

    public static IEnumerable<(string What, Batch Table)> Always() =>
    [
        ("no rows", DirtyTable.Of(10, 1).Slice(0, 0)),
        ("no columns", new Batch(new Schema([]), [], 3)),
        ("neither", new Batch(new Schema([]), [], 0)),
        ("10,000 columns", new Batch(
            new Schema(Enumerable.Range(0, 10_000).Select(i => new Field($"c{i}", ColumnType.Text))), Enumerable.Range(0, 10_000).Select(i => TextColumn.Of($"{i}", null)), 2)),
        ("nothing but null", DirtyTable.Empty(DirtyTable.Schema, 20)),
        ("NaN and infinity", DirtyTable.Numbers("x", double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, -double.MaxValue, 0, null)),
        ("cells of 1 MB", DirtyTable.Text(("x", [new string('x', 1 << 20), new string('9', 1 << 20), new string(' ', 1 << 20), "\u0000" + new string('é', 1 << 19), "a"]))),
        ("every plane of Unicode", DirtyTable.Text(("x", [.. Enumerable.Range(0, 17).Select(plane => char.ConvertFromUtf32((plane << 16) + 0x1234)), "\uFFFD", "\u200B", "\u0085"]))),
        ("names that need care", DirtyTable.Text(("", ["1", "2"]), ("\n", ["a", "b"]), ("{\"a\"}", [null, ""]))),
    ];

    /// <summary>The rows in another order, the same for the same seed.</summary>
    public static Batch Shuffled(Batch batch, int seed)
    {
        var order = Enumerable.Range(0, batch.Rows).ToArray();
        new Random(seed).Shuffle(order);
        return new Batch(batch.Schema, batch.Columns.Select(c => c.Take(order)), batch.Rows);
    }

    /// <summary>The batch in pieces, some of them without rows.</summary>
    public static Batch[] Cut(Batch batch, int seed)
    {
        var random = new Random(seed);
        return batch.Rows == 0 ? [batch, batch] : [batch.Slice(0, 0), .. StepRunner.Cut(batch, random.Next(1, 9), random.Next(1, 30))];
    }

    /// <summary>Each row as text, in order. The two zeros are equal numbers, so a row with one may stand for a row with the other.</summary>
    public static IEnumerable<string> Rows(Batch batch) =>
        Enumerable.Range(0, batch.Rows).Select(row => string.Join('␟', batch.Columns.Select(c => c.IsNull(row) ? "∅" : c is ValueColumn<double> && c.Display(row) == "-0" ? "0" : c.Display(row))));

    static Gen<Column> Column(int kind, int rows) => kind switch
    {
        0 => Values(wholes, rows, ColumnType.Int64),
        1 => Values(numbers, rows, ColumnType.Float64),
        2 => Values(days, rows, ColumnType.Date),
        3 => Values(times, rows, ColumnType.Timestamp),
        4 => Values(flags, rows, ColumnType.Boolean),
        _ => Gen.Elements(texts).ArrayOf(rows).Select(cells => (Column)TextColumn.Of(cells)),
    };

    static Gen<Column> Values<T>(T?[] values, int rows, ColumnType type)
        where T : unmanaged => Gen.Elements(values).ArrayOf(rows).Select(cells =>
        {
            var builder = new ValueBuilder<T>(type);
            foreach (var cell in cells)
            {
                if (cell is { } value)
                {
                    builder.Append(value);
                }
                else
                {
                    builder.AppendNull();
                }
            }

            return (Column)builder.Build();
        });
}
