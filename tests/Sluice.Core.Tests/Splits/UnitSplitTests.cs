using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Core.Tests.TextDuplicates;
using Sluice.Splits;
using Sluice.Steps;
using Sluice.TextDuplicates;

namespace Sluice.Core.Tests.Splits;

public sealed class UnitSplitContractTests : StepContract
{
    protected override Step Create() => new Split(new() { Strategy = SplitStrategy.Stratified, Column = "genre", Together = ["day"], NearDuplicates = new() { Threshold = 0.9 } });

    protected override (Step Step, string Path)? WithUnknownColumn => (new Split(new() { NearDuplicates = new() { Columns = ["nowhere"] } }), "near_duplicates.columns[0]");

    protected override bool AcceptsNoValues => false;
}

public sealed class MultiLabelSplitContractTests : StepContract
{
    protected override Step Create() => new Split(new() { Strategy = SplitStrategy.MultiLabel, Columns = ["flag", "price", "count", "yes_no", "day"] });

    protected override (Step Step, string Path)? WithUnknownColumn => (new Split(new() { Strategy = SplitStrategy.MultiLabel, Column = "nowhere" }), "column");

    protected override bool AcceptsNoValues => false;
}

public sealed class RepresentativeSplitContractTests : StepContract
{
    protected override Step Create() => new Split(new() { Strategy = SplitStrategy.Representative });

    protected override (Step Step, string Path)? WithUnknownColumn => (new Split(new() { Strategy = SplitStrategy.Representative, Columns = ["price", "nowhere"] }), "columns[1]");

    protected override bool AcceptsNoValues => false;
}

/// <summary>Splits that keep rows together for several reasons at once.</summary>
public sealed class UnitSplitTests
{
    const int Seed = 20_240_611;

    static readonly Schema Schema = new(
    [
        new("id", ColumnType.Int64), new("parent", ColumnType.Int64), new("patient", ColumnType.Text), new("session", ColumnType.Text), new("genre", ColumnType.Text),
        new("text", ColumnType.Text), new("size", ColumnType.Float64),
    ]);

    public static TheoryData<string> Strategies => ["random", "stratified", "group", "multi_label", "representative"];

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Depends_on_neither_batches_nor_order(string strategy) => SplitTests.AssertFreeOfBatchesAndOrder(new Split(Options(strategy)), Rows(240), Seed);

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Units_are_never_in_two_sets_and_every_row_is_in_one(string strategy)
    {
        var rows = Rows(300);
        var all = StepRunner.Run(new Split(Options(strategy)), StepRunner.Cut(rows, 77)).All;

        Assert.All(Enumerable.Range(0, all.Rows), row => Assert.Contains(SplitTests.SetOf(all, row), new[] { "train", "validation", "test" }));
        foreach (var (left, right) in Links(rows))
        {
            Assert.Equal(SplitTests.SetOf(all, left), SplitTests.SetOf(all, right));
        }
    }

    [Theory]
    [InlineData(0.7)]
    [InlineData(0.8)]
    [InlineData(0.9)]
    public void No_planted_near_duplicate_leaks(double jaccard)
    {
        var random = new Random(Seed);
        var texts = new List<string>();
        for (var i = 0; i < 150; i++)
        {
            var words = Planted.Words(random, random.Next(40, 120));
            texts.Add(string.Join(' ', words));
            texts.Add(string.Join(' ', Planted.Copy(words, jaccard, random)));
        }

        var rows = Texts(texts);
        var run = StepRunner.Run(new Split(new() { NearDuplicates = new() { Columns = ["text"], Threshold = jaccard } }), rows);

        var report = SplitTests.Report(run);
        Assert.Equal((0L, 0.0, 1.0), (report.Certificate.LeakedPairs!.Pairs, report.Certificate.LeakedPairs.Bound, report.Certificate.LeakedPairs.Confidence));
        Assert.Equal((150L, 2L, 300L), (report.Units!.Count, report.Units.LargestRows, report.Units.DifferentRows));
        Assert.All(Enumerable.Range(0, 150), pair => Assert.Equal(SplitTests.SetOf(run.All, 2 * pair), SplitTests.SetOf(run.All, (2 * pair) + 1)));
        Assert.Equal([240L, 30, 30], report.Sets.Select(s => s.Rows));
    }

    [Fact]
    public void Links_of_different_kinds_chain()
    {
        // 0 and 1 share a patient, 1 and 2 a session, 3 descends from 2, 4 is like 3 in its text: one unit.
        var texts = Enumerable.Range(0, 40).Select(i => $"note {i} of {i * i}").ToArray();
        texts[3] = "a long text about the weather in the north sea and the ships that cross it in winter storms every single year now";
        texts[4] = "A long text about the weather, in the north sea; and the ships that cross it in winter storms every single year: now!";
        var rows = Table(40, i => (null, i < 2 ? "p" : null, i is 1 or 2 ? "s" : null, texts[i]), parent: i => i == 3 ? 2 : null);

        var report = SplitTests.Report(StepRunner.Run(
            new Split(new() { Together = ["patient", "session"], Parent = "parent", Id = "id", NearDuplicates = new() { Columns = ["text"] } }), rows));

        Assert.Equal((36L, 5L), (report.Units!.Count, report.Units.LargestRows));
    }

    [Fact]
    public void Strata_keep_their_proportion_where_single_rows_can_make_up_for_units()
    {
        var rows = Rows(1_000, families: 50);
        var report = SplitTests.Report(StepRunner.Run(new Split(Options("stratified") with { NearDuplicates = null, Together = ["patient"], Parent = null, Id = null }), rows));

        Assert.All(report.Sets, set => Assert.Equal(0, set.Deviation));
        Assert.All(report.Strata!, stratum => Assert.All(
            stratum.PerSet.Zip(report.Sets), pair => Assert.InRange(pair.First - (stratum.Rows * pair.Second.Share), -4.0, 4.0)));
    }

    [Fact]
    public void Labels_keep_their_proportion()
    {
        var random = new Random(Seed);
        var rows = new Batch(
            new([new("id", ColumnType.Int64), new("tags", ColumnType.Text)]),
            [
                new ValueColumn<long>(ColumnType.Int64, [.. Enumerable.Range(0, 1_000).Select(i => (long)i)]),
                TextColumn.Of([.. Enumerable.Range(0, 1_000).Select(_ => string.Join(", ", Enumerable.Range(0, 12).Where(label => random.Next(label + 2) == 0).Select(label => $"l{label}")))]),
            ],
            1_000);

        var report = SplitTests.Report(StepRunner.Run(new Split(new() { Strategy = SplitStrategy.MultiLabel, Column = "tags" }), StepRunner.Cut(rows, 333)));

        Assert.Equal([800L, 100, 100], report.Sets.Select(s => s.Rows));
        Assert.Equal(12, report.Strata!.Count);
        Assert.All(report.Strata!, label => Assert.All(label.PerSet.Zip(report.Sets), pair => Assert.InRange(pair.First - (label.Rows * pair.Second.Share), -1.5, 1.5)));
        Assert.InRange(report.Certificate.LabelDeviation!.Value, 0, 0.015);
    }

    [Fact]
    public void One_column_for_each_label_means_the_same_as_a_list()
    {
        var listed = Run(TextColumn.Of("a, b", "b", "", "a", null, "a,b", "b", "a"));
        var marked = new Batch(
            new([new("id", ColumnType.Int64), new("a", ColumnType.Boolean), new("b", ColumnType.Text)]),
            [
                new ValueColumn<long>(ColumnType.Int64, [0, 1, 2, 3, 4, 5, 6, 7]),
                new ValueColumn<bool>(ColumnType.Boolean, [true, false, false, true, false, true, false, true]),
                TextColumn.Of("1", "yes", "0", "no", null, "x", "1", "false"),
            ],
            8);

        var report = SplitTests.Report(StepRunner.Run(new Split(new() { Strategy = SplitStrategy.MultiLabel, Columns = ["a", "b"], Ratios = SplitTests.Ratios(("train", 0.5), ("test", 0.5)) }), marked));

        Assert.Equal(
            listed.Strata!.Select(s => (s.Name, s.Rows, string.Join(' ', s.PerSet))), report.Strata!.Select(s => (s.Name, s.Rows, string.Join(' ', s.PerSet))));

        static SplitReport Run(TextColumn tags) => SplitTests.Report(StepRunner.Run(
            new Split(new() { Strategy = SplitStrategy.MultiLabel, Column = "tags", Ratios = SplitTests.Ratios(("train", 0.5), ("test", 0.5)) }),
            new Batch(new([new("id", ColumnType.Int64), new("tags", ColumnType.Text)]), [new ValueColumn<long>(ColumnType.Int64, [0, 1, 2, 3, 4, 5, 6, 7]), tags], 8)));
    }

    [Fact]
    public void Representative_sets_are_nearer_to_each_other_than_random_ones()
    {
        var rows = Clusters(300);
        var options = new Split.Options { Strategy = SplitStrategy.Representative, Columns = ["x", "y"], Ratios = SplitTests.Ratios(("train", 0.75), ("validation", 0.25)) };

        var report = SplitTests.Report(StepRunner.Run(new Split(options), rows));

        Assert.Equal([225L, 75], report.Sets.Select(s => s.Rows));
        Assert.InRange(report.Likeness![0].EnergyDistance, 0, 0.01);
        Assert.InRange(report.Likeness[0].MmdPValue, 0.9, 1);
    }

    [Fact]
    public void Representative_gives_exact_counts_to_several_sets()
    {
        var report = SplitTests.Report(StepRunner.Run(
            new Split(new() { Strategy = SplitStrategy.Representative, Columns = ["x", "y"], Counts = new Dictionary<string, long> { ["train"] = 0, ["a"] = 31, ["b"] = 50, ["c"] = 7 } }), Clusters(400)));

        Assert.Equal([("train", 312L), ("a", 31L), ("b", 50L), ("c", 7L)], report.Sets.Select(s => (s.Name, s.Rows)));
    }

    [Fact]
    public void Validation_split_is_a_share_of_two_sets()
    {
        var report = SplitTests.Report(new() { ValidationSplit = 0.2 }, SplitTests.Rows(1_000));

        Assert.Equal([("train", 800L), ("validation", 200L)], report.Sets.Select(s => (s.Name, s.Rows)));
    }

    [Fact]
    public void Refuses_what_cannot_be()
    {
        Assert.Equal(
            ["near_duplicates: Strategy time places rows by their time alone, so it cannot also keep rows together by near_duplicates. Remove near_duplicates, or choose another strategy."],
            Problems(new() { Strategy = SplitStrategy.Time, Column = "size", NearDuplicates = new() }));
        Assert.Equal(["together[0]: Column 'patent' does not exist here. Did you mean 'parent'? It has: id, parent, patient, session, genre, text, size."], Problems(new() { Together = ["patent"] }));
        Assert.Equal(["id: Only one of parent and id is given. Name both: the column that a row is known by, and the one that names its parent."], Problems(new() { Parent = "parent" }));
        Assert.Equal(["parent: Column 'patient' is Text and 'id' is Int64; expected the same type. Convert one of them before the split."], Problems(new() { Parent = "patient", Id = "id" }));
        Assert.Equal(["columns: Column 'text' is text; strategy representative compares numbers. Name numeric columns, or give it as features: {text: text}."],
            Problems(new() { Strategy = SplitStrategy.Representative, Columns = ["text", "size"] }));
        Assert.StartsWith(
            "split leaves set 'validation' empty: found 2 units of rows that stay together for 3 sets",
            Assert.Throws<DataException>(() => StepRunner.Run(new Split(new() { Strategy = SplitStrategy.Representative }), SplitTests.Rows(30, copies: 15))).Message);
        Assert.Equal(["validation_split: validation_split is 20; expected more than 0 and less than 1: the share of the rows for validation."], Problems(new() { ValidationSplit = 20 }));
    }

    static IReadOnlyList<string> Problems(Split.Options options) => StepRunner.Problems(new Split(options), Schema);

    static Split.Options Options(string strategy) => new()
    {
        Strategy = Enum.Parse<SplitStrategy>(strategy.Replace("_", "", StringComparison.Ordinal), ignoreCase: true),
        Column = strategy switch { "stratified" => "genre", "group" => "session", "multi_label" => "genre", _ => null },
        Columns = strategy == "representative" ? ["size"] : [],
        LabelSeparator = "a",
        Together = ["patient"],
        Parent = "parent",
        Id = "id",
        NearDuplicates = new() { Columns = ["text"], Threshold = 0.7 },
    };

    /// <summary>Rows of which some share a patient, descend from another row, or have nearly the same text.</summary>
    static Batch Rows(int count, int families = 12)
    {
        var random = new Random(Seed);
        var texts = new List<string[]>();
        for (var i = 0; i < count; i++)
        {
            texts.Add(i > 20 && random.Next(8) == 0 ? Planted.Copy(texts[random.Next(i)], 0.85, random) : Planted.Words(random, random.Next(30, 60)));
        }

        string?[] genres = ["drama", "comedy", "horror", null];
        return Table(
            count,
            i => (genres[random.Next(4)], i % 10 == 0 ? $"patient {random.Next(families)}" : null, $"session {i % 60}", string.Join(' ', texts[i])),
            i => i > 20 && i % 17 == 0 ? i - 16 : null);
    }

    static Batch Table(int count, Func<int, (string? Genre, string? Patient, string? Session, string Text)> row, Func<int, long?> parent)
    {
        var cells = Enumerable.Range(0, count).Select(row).ToArray();
        var parents = new ValueBuilder<long>(ColumnType.Int64);
        for (var i = 0; i < count; i++)
        {
            if (parent(i) is { } id)
            {
                parents.Append(id);
            }
            else
            {
                parents.AppendNull();
            }
        }

        return new Batch(
            Schema,
            [
                new ValueColumn<long>(ColumnType.Int64, [.. Enumerable.Range(0, count).Select(i => (long)i)]),
                parents.Build(),
                TextColumn.Of([.. cells.Select(c => c.Patient)]),
                TextColumn.Of([.. cells.Select(c => c.Session)]),
                TextColumn.Of([.. cells.Select(c => c.Genre)]),
                TextColumn.Of([.. cells.Select(c => c.Text)]),
                new ValueColumn<double>(ColumnType.Float64, [.. Enumerable.Range(0, count).Select(i => (double)(i * 7_919 % 1_000))]),
            ],
            count);
    }

    /// <summary>Pairs of rows that must not be separated, found the slow way.</summary>
    static IEnumerable<(int Left, int Right)> Links(Batch rows)
    {
        var sets = Enumerable.Range(0, rows.Rows).Select(row => ShinglesTests.Of(rows["text"].Display(row))).ToArray();
        var parents = (ValueColumn<long>)rows["parent"];
        for (var left = 0; left < rows.Rows; left++)
        {
            for (var right = 0; right < rows.Rows; right++)
            {
                if ((!rows["patient"].IsNull(left) && rows["patient"].Display(left) == rows["patient"].Display(right))
                    || (!parents.IsNull(left) && parents.Values[left] == right)
                    || (left < right && Jaccard.Of(sets[left], sets[right]) >= 0.7))
                {
                    yield return (left, right);
                }
            }
        }
    }

    static Batch Texts(List<string> texts) =>
        new(new([new("text", ColumnType.Text)]), [TextColumn.Of([.. texts])], texts.Count);

    /// <summary>Five clusters of points.</summary>
    static Batch Clusters(int count)
    {
        var random = new Random(Seed);
        (double X, double Y)[] centers = [(0, 0), (6, 1), (1, 7), (-5, 3), (-2, -6)];
        var points = Enumerable.Range(0, count).Select(i => centers[random.Next(5)] is var c ? (X: c.X + Normal(), Y: c.Y + Normal()) : default).ToArray();
        return new Batch(
            new([new("x", ColumnType.Float64), new("y", ColumnType.Float64)]),
            [new ValueColumn<double>(ColumnType.Float64, [.. points.Select(p => p.X)]), new ValueColumn<double>(ColumnType.Float64, [.. points.Select(p => p.Y)])],
            count);

        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
