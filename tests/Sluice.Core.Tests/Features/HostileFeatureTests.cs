using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Batches;
using Sluice.Core.Tests.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Features;
using Sluice.Steps;

namespace Sluice.Core.Tests.Features;

/// <summary>Every feature step on tables that were made to break it. A failure prints the seed that replays it.</summary>
public sealed class HostileFeatureTests
{
    static readonly string?[] texts =
    [
        null, "", " ", "a", "b", "A", "null", "NaN", "\0", "é", "e\u0301", "\u202E", "日本", "🎈", "\U0010FFFF", "infrequent", "-", "1:a", new('x', 400), "two words", "1", "-0",
    ];

    static readonly double?[] numbers =
        [null, double.NaN, 0.0, -0.0, 1, 1, 2, -1, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue, -double.MaxValue, 0.1, 1e-300];

    static readonly string[] sets = ["train", "train", "test"];

    static readonly Step[] steps =
    [
        .. Enum.GetValues<EncodingMethod>().SelectMany(method => Enum.GetValues<UnknownCategory>().Select(unknown => new EncodeCategoricals(
            new() { Columns = ["t", "u"], Method = method, Unknown = unknown, Target = method == EncodingMethod.Target ? "x" : null }))),
        new EncodeCategoricals(new() { Columns = ["t"], Method = EncodingMethod.Target, Target = "u", TargetValue = "a", FoldColumns = ["y"], Smoothing = 0, Folds = 2 }),
        .. Enum.GetValues<ScalingMethod>().Select(method => new ScaleNumericals(new() { Columns = ["x", "y"], Method = method })),
        new ScaleNumericals(new() { Columns = ["x"], Method = ScalingMethod.Bins, BinStrategy = BinStrategy.Uniform }),
        new TextFeatures(new() { Columns = ["t", "u"], Ngrams = NgramKind.Word, NgramMax = 2, Dimensions = 5 }),
        new TextFeatures(new() { Columns = ["t"], Ngrams = NgramKind.Character, NgramMin = 2, NgramMax = 3, Dimensions = 3, Weights = NgramWeight.Binary }),
        new GroupFeatures(new() { GroupBy = ["t", "u"], Columns = ["x", "y"], Figures = Enum.GetValues<GroupFigure>() }),
        new WindowFeatures(new() { OrderBy = "x", GroupBy = ["t"], Columns = ["x", "y"], Lags = [1, 2], Windows = [3], Figures = Enum.GetValues<GroupFigure>() }),
        new PolynomialFeatures(new() { Columns = ["x", "y"], Ratios = true, Degree = 4 }),
        new DeriveColumns(new() { Columns = new Dictionary<string, string> { ["z"] = "ln(x) / y", ["w"] = "upper(t) || u" } }),
    ];

    static Gen<Batch> Tables =>
        from rows in Gen.Choose(0, 25)
        from t in Gen.Elements(texts).ArrayOf(rows)
        from u in Gen.Elements(texts).ArrayOf(rows)
        from x in Gen.Elements(numbers).ArrayOf(rows)
        from y in Gen.Elements(numbers).ArrayOf(rows)
        from s in Gen.Elements(sets).ArrayOf(rows)
        select FeatureTable.WithSplit(
            FeatureTable.Join(DirtyTable.Text(("t", t), ("u", u)), DirtyTable.Numbers("x", x), DirtyTable.Numbers("y", y)),
            rows > 0 ? ["train", .. s[1..]] : []);

    [Fact]
    public void A_row_becomes_the_same_in_any_order_and_any_batch() =>
        Prop.ForAll(Tables.ToArbitrary(), Gen.Choose(1, 9).ToArbitrary(), (table, size) =>
        {
            var random = new Random(size);
            var order = Enumerable.Range(0, table.Rows).ToArray();
            random.Shuffle(order);
            foreach (var step in steps)
            {
                var whole = StepRunner.Run(step, table);
                var shuffled = StepRunner.Run(step, table.Rows == 0 ? [table] : StepRunner.Cut(table.Take(order), size));

                var kept = order.Select((row, at) => (row, at)).Where(r => !whole.Verdicts[0].IsRejected(r.row)).Select(r => r.row).ToList();
                var place = Enumerable.Range(0, whole.All.Rows).ToDictionary(row => whole.All.OriginOf(row));
                Assert.Equal(Encoding.UTF8.GetString(whole.Json), Encoding.UTF8.GetString(shuffled.Json));
                var expected = whole.All.Take(kept.Select(row => place[row]).ToArray());
                RandomBatches.AssertSame(
                    new Batch(expected.Schema, expected.Columns, expected.Rows), new Batch(shuffled.All.Schema, shuffled.All.Columns, shuffled.All.Rows));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Columns_without_a_value_and_tables_without_rows_are_taken()
    {
        foreach (var step in steps)
        {
            foreach (var rows in new[] { 0, 1, 70 })
            {
                var nothing = FeatureTable.WithSplit(
                    FeatureTable.Join(
                        DirtyTable.Text(("t", new string?[rows]), ("u", new string?[rows])), DirtyTable.Numbers("x", new double?[rows]), DirtyTable.Numbers("y", new double?[rows])),
                    [.. Enumerable.Repeat("train", rows)]);

                Assert.Equal(rows, StepRunner.Run(step, nothing).All.Rows);
            }
        }
    }

    [Fact]
    public void A_cell_of_a_megabyte_is_measured_and_is_no_category()
    {
        var batch = FeatureTable.Join(DirtyTable.Text(("t", ["small", string.Concat(Enumerable.Repeat("Ab 1. ", 175_000))])), DirtyTable.Numbers("x", 1, 2));

        var measured = StepRunner.Run(new TextFeatures(new() { Columns = ["t"], Ngrams = NgramKind.Word, NgramMax = 3, Dimensions = 16 }), batch);
        var hashed = StepRunner.Run(new EncodeCategoricals(new() { Columns = ["t"], Method = EncodingMethod.Hashing }), batch);

        Assert.Equal(["5", "1050000"], DirtyTable.Shown(measured.All, "t_length"));
        Assert.Equal(["1", "350000"], DirtyTable.Shown(measured.All, "t_words"));
        Assert.Equal(["1", "2"], DirtyTable.Shown(measured.All, "t_unique_words"));
        Assert.Equal(2, hashed.All.Rows);
        foreach (var step in new Step[]
        {
            new EncodeCategoricals(new() { Columns = ["t"] }), new EncodeCategoricals(new() { Columns = ["t"], Method = EncodingMethod.Target, Target = "x" }),
            new GroupFeatures(new() { GroupBy = ["t"], Columns = ["x"] }),
        })
        {
            Assert.Contains("max_", Assert.Throws<DataException>(() => StepRunner.Run(step, batch)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("encode_categoricals")]
    [InlineData("scale_numericals")]
    [InlineData("derive_columns")]
    [InlineData("date_parts")]
    [InlineData("text_features")]
    [InlineData("group_features")]
    [InlineData("polynomial_features")]
    [InlineData("window_features")]
    public void A_step_that_names_no_column_is_refused(string type)
    {
        var error = Assert.Throws<PipelineException>(() => Catalog.Default.Configure(CapabilityKind.Step, type, "{}"));

        Assert.Contains(error.Problems, p => p.Message.StartsWith($"{type} needs the option 'columns'", StringComparison.Ordinal));
    }

    [Fact]
    public void Encoding_by_given_categories_twice_changes_nothing_more()
    {
        var step = new EncodeCategoricals(new()
        {
            Columns = ["t"],
            Method = EncodingMethod.Ordinal,
            Unknown = UnknownCategory.Ignore,
            Categories = new Dictionary<string, IReadOnlyList<string>> { ["t"] = ["0", "1", "2"] },
        });
        var once = StepRunner.Run(step, DirtyTable.Text(("t", ["2", "0", null, "1", "x"]))).All;

        RandomBatches.AssertSame(once, StepRunner.Run(step, once).All);
    }
}
