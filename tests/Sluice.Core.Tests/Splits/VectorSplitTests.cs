using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Splits;
using Sluice.Splits.Units;
using Sluice.Steps;
using Sluice.VectorSpace;

namespace Sluice.Core.Tests.Splits;

public abstract class VectorSplitContract(SplitStrategy strategy, VectorSource? features) : StepContract
{
    protected override Step Create() => new Split(new() { Strategy = strategy, Features = features, Together = ["day"] });

    protected override (Step Step, string Path)? WithUnknownColumn => (new Split(new() { Strategy = strategy, Features = new() { Columns = ["price", "nowhere"] } }), "features.columns[1]");

    protected override bool AcceptsNoValues => false;
}

public sealed class CoverageContractTests() : VectorSplitContract(SplitStrategy.Coverage, null);

public sealed class CoverageOfTextsContractTests() : VectorSplitContract(SplitStrategy.Coverage, new() { Text = "name", Model = "hashing-64" });

public sealed class RepresentativeOfTextsContractTests() : VectorSplitContract(SplitStrategy.Representative, new() { Text = "name", Model = "hashing-64" });

public sealed class OneMeaningContractTests : StepContract
{
    protected override Step Create() => new Split(new() { Features = new() { Text = "name", Model = "hashing-64" }, Cosine = 0.9, Together = ["day"] });

    protected override (Step Step, string Path)? WithUnknownColumn => (new Split(new() { Features = new() { Text = "nowhere" }, Cosine = 0.9 }), "features.text");

    protected override bool AcceptsNoValues => false;
}

public sealed class RepresentativeOfFeaturesContractTests() : VectorSplitContract(SplitStrategy.Representative, new() { Columns = ["price", "day"] });

/// <summary>Splits that compare rows as vectors.</summary>
public sealed class VectorSplitTests
{
    const int Seed = 20_261_121;

    static readonly VectorSource text = new() { Text = "note", Model = "hashing-64" };

    public static TheoryData<SplitStrategy, bool> Ways => new()
    {
        { SplitStrategy.Coverage, true }, { SplitStrategy.Coverage, false }, { SplitStrategy.Representative, true },
    };

    static Split.Options Options(SplitStrategy strategy, bool isText) =>
        new() { Strategy = strategy, Features = isText ? text : new() { Columns = ["x", "y"] }, Together = ["patient"], Ratios = SplitTests.Ratios(("train", 0.7), ("validation", 0.1), ("test", 0.2)) };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Depends_on_neither_batches_nor_order(SplitStrategy strategy, bool isText) =>
        SplitTests.AssertFreeOfBatchesAndOrder(new Split(Options(strategy, isText)), Rows(240), Seed);

    [Theory]
    [MemberData(nameof(Ways))]
    public void Units_stay_whole_and_quotas_are_exact(SplitStrategy strategy, bool isText)
    {
        var run = StepRunner.Run(new Split(Options(strategy, isText)), StepRunner.Cut(Rows(300), 77));

        var report = SplitTests.Report(run);
        Assert.Equal([("train", 210L), ("validation", 30L), ("test", 60L)], report.Sets.Select(s => (s.Name, s.Rows)));
        Assert.Equal(0, report.Certificate.KeysCrossingSets);
        var patients = Enumerable.Range(0, 300).Where(row => !run.All["patient"].IsNull(row)).GroupBy(row => run.All["patient"].Display(row));
        Assert.All(patients, rows => Assert.Single(rows.Select(row => SplitTests.SetOf(run.All, row)).Distinct()));
        Assert.Equal(["validation", "test"], report.Likeness!.Select(l => l.Set));
        Assert.All(report.Likeness!, l => Assert.InRange(l.MmdPValue, 0.005, 1));
    }

    [Fact]
    public void The_covering_set_leaves_no_hole_where_a_random_one_does()
    {
        // Thirty far apart places with ten rows each: forty rows can cover all of them.
        var rows = Places(30, 10);
        var options = new Split.Options
        {
            Strategy = SplitStrategy.Coverage,
            Features = new() { Columns = ["x", "y"] },
            CoveringSet = "test",
            Ratios = SplitTests.Ratios(("train", 260 / 300.0), ("test", 40 / 300.0)),
        };

        var run = StepRunner.Run(new Split(options), rows);

        var coverage = SplitTests.Report(run).Coverage!;
        Assert.Equal("test", coverage.Set);
        Assert.Equal(30, PlacesOf(run).Count);
        Assert.True(PlacesOf(StepRunner.Run(new Split(options with { Strategy = SplitStrategy.Random, Features = null, CoveringSet = null }), rows)).Count < 30);

        // The radius is that of the rows, found the slow way over the same scaled columns.
        var (x, y) = (Scaled(rows["x"]), Scaled(rows["y"]));
        var test = Enumerable.Range(0, rows.Rows).Where(row => SplitTests.SetOf(run.All, row) == "test").ToList();
        var radius = Enumerable.Range(0, rows.Rows).Max(row => test.Min(t => Math.Sqrt(((x[row] - x[t]) * (x[row] - x[t])) + ((y[row] - y[t]) * (y[row] - y[t])))));
        Assert.Equal(radius, coverage.Radius, 4);

        HashSet<int> PlacesOf(StepRun found) => [.. Enumerable.Range(0, rows.Rows).Where(row => SplitTests.SetOf(found.All, row) == "test").Select(row => row / 10)];
    }

    [Fact]
    public void Representative_texts_have_each_topic_in_proportion()
    {
        var rows = Rows(300);
        var run = StepRunner.Run(new Split(Options(SplitStrategy.Representative, isText: true) with { Together = [] }), rows);

        var test = Enumerable.Range(0, 300).Where(row => SplitTests.SetOf(run.All, row) == "test").GroupBy(row => row % 3).Select(g => g.Count());
        Assert.All(test, count => Assert.InRange(count, 17, 23));
        Assert.All(SplitTests.Report(run).Likeness!, l => Assert.InRange(l.MmdPValue, 0.3, 1));
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        Assert.StartsWith("cosine: Rows of one meaning are found by the vectors of a text.", Problem(new() { Cosine = 0.9 }));
        Assert.StartsWith("cosine: Rows of one meaning are found by the vectors of a text.", Problem(new() { Strategy = SplitStrategy.Coverage, Features = new() { Columns = ["x"] }, Cosine = 0.9 }));
        Assert.StartsWith("cosine: Strategy time places rows by their time alone", Problem(new() { Strategy = SplitStrategy.Time, Column = "id", Features = text, Cosine = 0.9 }));
        Assert.StartsWith("features: Strategy random compares no features.", Problem(new() { Features = text }));
        Assert.StartsWith("features: Both features and columns are given ('x').", Problem(new() { Strategy = SplitStrategy.Coverage, Features = text, Columns = ["x"] }));
        Assert.StartsWith("covering_set: Only strategy coverage has a set that covers.", Problem(new() { CoveringSet = "test" }));
        Assert.StartsWith("covering_set: 'best' is none of the sets train, validation, test.", Problem(new() { Strategy = SplitStrategy.Coverage, Features = text, CoveringSet = "best" }));
        Assert.StartsWith("features: Found neither text, vector nor columns", Problem(new() { Strategy = SplitStrategy.Coverage, Features = new() }));
        Assert.StartsWith("features.text: Column 'x' is Float64; expected Text.", Problem(new() { Strategy = SplitStrategy.Representative, Features = new() { Text = "x" } }));
        Assert.StartsWith("columns: Column 'note' is text; strategy coverage compares numbers.", Problem(new() { Strategy = SplitStrategy.Coverage, Columns = ["note", "x"] }));

        static string Problem(Split.Options options) => Assert.Single(StepRunner.Problems(new Split(options), Rows(3).Schema));
    }

    [Fact]
    public void A_set_that_no_unit_fits_into_is_refused()
    {
        var rows = Table(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? "a" : "b", (string?)$"p{i % 2}", (double)i, 0.0)));

        var error = Assert.Throws<DataException>(() => StepRunner.Run(
            new Split(Options(SplitStrategy.Coverage, isText: false) with { CoveringSet = "validation", Ratios = SplitTests.Ratios(("train", 0.9), ("validation", 0.1)) }), rows));

        Assert.StartsWith("split leaves set 'validation' empty: found 2 units of rows that stay together for 2 sets", error.Message);
    }

    [Fact]
    public void Vectors_that_fit_into_no_array_are_refused()
    {
        var vectors = new NodeVectors(4_096, _ => []);

        var error = Assert.Throws<DataException>(() => vectors.Of(new ulong[600_000]));

        Assert.StartsWith("split found 600,000 different rows of 4,096 numbers to compare; at most", error.Message);
    }

    static float[] Scaled(Column column)
    {
        var values = ((ValueColumn<double>)column).Values.ToArray();
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1));
        return [.. values.Select(v => (float)((v - mean) / deviation))];
    }

    /// <summary>Notes on three topics; every tenth row is of one of twelve patients.</summary>
    static Batch Rows(int count)
    {
        var random = new Random(Seed);
        string[][] words = [["soup", "oven", "butter", "onion", "recipe"], ["bank", "loan", "interest", "market", "bond"], ["goal", "match", "team", "league", "coach"]];
        return Table(Enumerable.Range(0, count).Select(i => (
            string.Join(' ', Enumerable.Range(0, 5).Select(_ => words[i % 3][random.Next(5)])), i % 10 == 0 ? $"patient {random.Next(12)}" : null, random.NextDouble() * 10, random.NextDouble())));
    }

    static Batch Places(int places, int each)
    {
        var random = new Random(Seed);
        return Table(Enumerable.Range(0, places * each).Select(i => ("", (string?)null, (i / each % 6 * 100) + random.NextDouble(), (i / each / 6 * 100) + random.NextDouble())));
    }

    static Batch Table(IEnumerable<(string Note, string? Patient, double X, double Y)> rows)
    {
        var cells = rows.ToArray();
        return new Batch(
            new([new("id", ColumnType.Int64), new("note", ColumnType.Text), new("patient", ColumnType.Text), new("x", ColumnType.Float64), new("y", ColumnType.Float64)]),
            [
                new ValueColumn<long>(ColumnType.Int64, [.. Enumerable.Range(0, cells.Length).Select(i => (long)i)]), TextColumn.Of([.. cells.Select(c => c.Note)]),
                TextColumn.Of([.. cells.Select(c => c.Patient)]), new ValueColumn<double>(ColumnType.Float64, [.. cells.Select(c => c.X)]),
                new ValueColumn<double>(ColumnType.Float64, [.. cells.Select(c => c.Y)]),
            ],
            cells.Length);
    }
}
