using FsCheck;
using FsCheck.Fluent;
using Sluice.Batches;
using Sluice.Clusters;
using Sluice.Core.Tests.Features;
using Sluice.Labels;
using Sluice.Maps;
using Sluice.Privacy.Anonymity;
using Sluice.Selection;
using Sluice.Steps;
using Sluice.TextDuplicates;
using Sluice.VectorSpace;

namespace Sluice.Core.Tests.Steps;

/// <summary>
/// Steps that name columns (anonymity, labels, vectors) on tables that were made to break them. Each either does the same whatever the batches and the order
/// of rows, or refuses the table in one sentence, the same for every arrangement.
/// </summary>
public sealed class HostileStepTests
{
    static readonly VectorSource numbers = new() { Columns = ["x", "y"] };
    static readonly VectorSource texts = new() { Text = "t", Model = "hashing-64" };

    static readonly Dictionary<string, Step> steps = new()
    {
        ["mondrian"] = new KAnonymity(new() { QuasiIdentifiers = [new() { Column = "x" }, new() { Column = "t" }], K = 2, Method = AnonymityMethod.Mondrian }),
        ["mondrian, relaxed"] = new KAnonymity(
            new() { QuasiIdentifiers = [new() { Column = "y" }, new() { Column = "t" }], K = 3, Sensitive = "u", L = 2, T = 0.9, Method = AnonymityMethod.MondrianRelaxed }),
        ["majority"] = Consensus(ConsensusMethod.Majority),
        ["Dawid and Skene"] = Consensus(ConsensusMethod.DawidSkene),
        ["label errors of numbers"] = new FindLabelErrors(new() { LabelColumn = "u", SuggestedLabelColumn = "better", LabelQualityColumn = "quality", LabelRankColumn = "rank", Folds = 2 }),
        ["label errors of texts"] = new FindLabelErrors(new() { LabelColumn = "u", Features = texts, SuggestedLabelColumn = "better", Folds = 2 }),
        ["labels by neighbours"] = new AutoLabel(new() { LabelColumn = "u", AutoLabelMethod = AutoLabelMethod.Knn, ConfidenceColumn = "sure" }),
        ["labels by spreading"] = new AutoLabel(new() { LabelColumn = "u", AutoLabelMethod = AutoLabelMethod.Spreading, UncertaintyColumn = "doubt" }),
        ["labels of texts"] = new AutoLabel(new() { LabelColumn = "u", Features = texts, AutoLabelMethod = AutoLabelMethod.Probe }),
        ["k-means"] = new ClusterRows(new() { Features = numbers, Clusters = 3 }),
        ["hdbscan"] = new ClusterRows(new() { Features = texts, Method = ClusterBy.Hdbscan }),
        ["pca"] = new ReduceDimensions(new() { Features = numbers, Method = ReduceBy.Pca }),
        ["umap"] = new ReduceDimensions(new() { Features = numbers }),
        ["random projection"] = new ReduceDimensions(new() { Features = texts, Method = ReduceBy.RandomProjection }),
        ["k-center"] = new SelectRows(new() { Features = numbers, Count = 3, RankColumn = "rank" }),
        ["same meaning"] = new RemoveNearDuplicates(new() { Features = texts, Cosine = 0.9 }),
    };

    public static TheoryData<string> Names => [.. steps.Keys.Order(StringComparer.Ordinal)];

    static LabelConsensus Consensus(ConsensusMethod method) => new(new() { AnnotatorColumns = ["t", "u"], ConsensusMethod = method, OutputColumn = "agreed", ConfidenceColumn = "sure" });

    [Theory]
    [MemberData(nameof(Names))]
    public void Does_the_same_whatever_the_batches_and_the_order(string name) =>
        Prop.ForAll(HostileTables.Named.ToArbitrary(), table => Holds(steps[name], table)).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Theory]
    [MemberData(nameof(Names))]
    public void Stands_tables_that_nobody_expects(string name)
    {
        foreach (var rows in new[] { 0, 1, 70 })
        {
            Holds(steps[name], Table(new string?[rows], new string?[rows], new double?[rows], new double?[rows]));
        }

        Holds(steps[name], Table(
            ["a", "b", "a", "b", null, "a"], ["yes", "no", "yes", "no", "no", "yes"], [double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, -double.MaxValue, 0],
            [1, null, -0.0, double.Epsilon, 1e-300, 5]));
        Holds(steps[name], Table(
            [new string('x', 1 << 20), new string(' ', 1 << 20), "\u0000" + new string('é', 1 << 19), "a", "a", "b"], ["yes", "no", "yes", "no", "no", "yes"], [1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1]));
        string[] planes = [.. Enumerable.Range(0, 17).Select(plane => char.ConvertFromUtf32((plane << 16) + 0x1234)), "\uFFFD", "\u200B", "\u0085"];
        Holds(steps[name], Table(planes, [.. planes.Reverse()], [.. planes.Select((_, i) => (double?)i)], [.. planes.Select((_, i) => (double?)(i % 3))]));
    }

    [Fact]
    public void Ten_thousand_columns_are_compared_as_vectors()
    {
        var random = new Random(10_000);
        var wide = new Batch(
            new Schema([.. Enumerable.Range(0, 10_000).Select(i => new Field($"c{i}", ColumnType.Float64)), new Field("u", ColumnType.Text)]),
            [
                .. Enumerable.Range(0, 10_000).Select(_ => new ValueColumn<double>(ColumnType.Float64, [.. Enumerable.Range(0, 6).Select(_ => random.NextDouble())])),
                TextColumn.Of("a", "b", "a", "b", "a", "b"),
            ],
            6);

        var all = new VectorSource { Columns = [.. wide.Schema.Select(f => f.Name).Where(name => name != "u")] };
        foreach (var step in new Step[]
        {
            new ClusterRows(new() { Features = all, Clusters = 2 }), new ReduceDimensions(new() { Features = all, Method = ReduceBy.RandomProjection }), new SelectRows(new() { Features = all, Count = 2 }),
            new FindLabelErrors(new() { LabelColumn = "u", LabelQualityColumn = "quality", Folds = 2 }), new AutoLabel(new() { LabelColumn = "u" }),
        })
        {
            Holds(step, wide);
        }
    }

    [Fact]
    public void Two_columns_of_one_name_are_no_table() => Assert.Equal(
        "Column 'x' appears twice in a schema. Column names must be unique: rename one.",
        Assert.Throws<DataException>(() => DirtyTable.Text(("x", ["a"]), ("y", ["b"]), ("x", ["c"]))).Message);

    static Batch Table(string?[] t, string?[] u, double?[] x, double?[] y) => FeatureTable.Join(DirtyTable.Text(("t", t), ("u", u)), DirtyTable.Numbers("x", x), DirtyTable.Numbers("y", y));

    static void Holds(Step step, Batch table)
    {
        var whole = Try(step, table);
        var cut = Try(step, HostileTables.Cut(table, table.Rows));
        var shuffled = Try(step, HostileTables.Shuffled(table, table.Rows));

        Assert.Equal(whole, cut);
        if (step is RemoveNearDuplicates)
        {
            // The first of those that are alike stays: which that is, the order of the rows says.
            return;
        }

        Assert.Equal(whole.Order(StringComparer.Ordinal), shuffled.Order(StringComparer.Ordinal));
    }

    /// <summary>The rows that come out, or why the table is refused.</summary>
    static IReadOnlyList<string> Try(Step step, params Batch[] batches)
    {
        try
        {
            return [.. HostileTables.Rows(StepRunner.Run(step, batches).All)];
        }
        catch (DataException refused)
        {
            Assert.EndsWith(".", refused.Message, StringComparison.Ordinal);
            return [refused.Message];
        }
    }
}
