using System.Globalization;
using Sluice.Batches;
using Sluice.Clusters;
using Sluice.Core.Tests.Embedding;
using Sluice.Core.Tests.Steps;
using Sluice.Embedding;
using Sluice.Labels;
using Sluice.Maps;
using Sluice.Selection;
using Sluice.Splits;
using Sluice.Steps;
using Sluice.TextDuplicates;
using Sluice.VectorSpace;

namespace Sluice.Core.Tests.VectorSpace;

/// <summary>Steps that compare rows by vectors that stand in a column.</summary>
public sealed class VectorFeaturesTests
{
    const int Seed = 20_261_122;
    static readonly VectorSource source = new() { Vector = "v" };

    [Fact]
    public void Every_step_with_features_takes_them_and_the_order_of_rows_does_not_matter()
    {
        var random = new Random(Seed);
        var rows = Rows([.. Enumerable.Range(0, 120).Select(i => i % 40 == 39 ? null : Cell((i % 3 * 5) + random.NextDouble(), random.NextDouble(), i % 3))]);
        Step[] steps =
        [
            new ClusterRows(new() { Features = source, Clusters = 3 }),
            new SelectRows(new() { Features = source, Count = 12 }),
            new ReduceDimensions(new() { Features = source, Method = ReduceBy.Pca, Dimensions = 2 }),
            new RemoveNearDuplicates(new() { Features = source, Cosine = 0.999 }),
            new Split(new() { Strategy = SplitStrategy.Coverage, Features = source, CoveringSet = "train", Ratios = new Dictionary<string, double> { ["train"] = 0.5, ["test"] = 0.5 } }),
            new FindLabelErrors(new() { LabelColumn = "kind", Features = source, LabelQualityColumn = "quality" }),
        ];
        foreach (var step in steps)
        {
            var expected = ById(StepRunner.Run(step, rows));
            int[] order = [.. Enumerable.Range(0, rows.Rows)];
            random.Shuffle(order);
            var run = StepRunner.Run(step, StepRunner.Cut(Batch.Concat([.. order.Select(row => rows.Take([row]))]), 7, 50));

            Assert.True(expected.SequenceEqual(ById(run)), $"{step.GetType().Name}, seed {Seed}");
        }
    }

    [Fact]
    public void Clusters_are_those_of_the_vectors_as_they_are()
    {
        // The second number is small and tells the clusters apart: by columns it would count as much as the first.
        var rows = Rows([.. Enumerable.Range(0, 60).Select(i => Cell(i % 2 * 100, i % 5 * 0.01, 0))]);

        var clusters = ((ValueColumn<long>)StepRunner.Run(new ClusterRows(new() { Features = source, Clusters = 2 }), rows).All["cluster"]).Values.ToArray();

        Assert.All(Enumerable.Range(0, 60), i => Assert.Equal(clusters[i % 2], clusters[i]));
        Assert.NotEqual(clusters[0], clusters[1]);
    }

    [Fact]
    public void Images_are_chosen_by_what_embed_images_wrote()
    {
        var images = new[] { 0, 0, 1, 3 }.Select(kind => Convert.ToBase64String(TestImage.Png(kind))).ToArray();
        var table = new Batch(new([new("id", ColumnType.Int64), new("image", ColumnType.Text)]), [new ValueColumn<long>(ColumnType.Int64, [0, 1, 2, 3]), TextColumn.Of(images)], 4);

        var run = StepRunner.RunAll(
            [
                new EmbedImages(new() { Column = "image", Encoding = ImageEncoding.Base64, Target = "v", Output = EmbedOutput.Vector }),
                new RemoveNearDuplicates(new() { Features = source, Cosine = 0.9999 }),
            ],
            table);

        Assert.Equal(3, run.All.Rows);
    }

    [Fact]
    public void Batches_without_any_vector_take_part_with_none()
    {
        var rows = Rows(null, null, "[1,0,0]", "[ 0.5 , 1e0, -2 ]", "");

        var run = StepRunner.Run(new SelectRows(new() { Features = source, Count = 5, Action = SelectAction.Flag, OutputColumn = "ask" }), StepRunner.Cut(rows, 2, 4));

        Assert.Equal([false, false, true, true, false], ((ValueColumn<bool>)run.All["ask"]).Values.ToArray());
    }

    [Theory]
    [InlineData("a cell with 2 numbers: \"[1,2]\". Expected 3 finite numbers, as in the rows before", "[1,2,3]", "[1,2]")]
    [InlineData("no list of numbers: \"here\"", "here")]
    [InlineData("no list of numbers: \"[1,x]\"", "[1,x]")]
    [InlineData("no list of numbers: \"[]\"", "[]")]
    [InlineData("not finite, or too many: \"[1,1e99]\"", "[1,1e99]")]
    [InlineData("no list of numbers: \"[[1],[2]]\"", "[[1],[2]]")]
    public void What_is_no_vector_is_refused_with_its_cell(string expected, params string[] cells) =>
        Assert.Contains(expected, Assert.Throws<DataException>(() => VectorCells.Read(TextColumn.Of(cells), "v")).Message, StringComparison.Ordinal);

    [Fact]
    public void Vectors_of_several_models_are_refused_also_in_different_batches()
    {
        var rows = Rows("[1,2,3]", "[1,2]");

        var refused = Assert.Throws<DataException>(() => StepRunner.Run(new ClusterRows(new() { Features = source, Clusters = 1 }), StepRunner.Cut(rows, 1)));

        Assert.Contains("Vectors of different lengths do not compare: found 2 and 3 numbers.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        Assert.Equal(["features: Found text and vector; expected one: the column to embed as text, the column with vectors, or columns of numbers."], Problems(new() { Text = "kind", Vector = "v" }));
        Assert.Equal(["features.vector: Column 'id' is Int64; expected Text with JSON arrays of numbers. For numbers give columns."], Problems(new() { Vector = "id" }));
        Assert.StartsWith("features.vector: Column 'nowhere'", Assert.Single(Problems(new() { Vector = "nowhere" })), StringComparison.Ordinal);

        static IReadOnlyList<string> Problems(VectorSource features) => StepRunner.Problems(new ClusterRows(new() { Features = features }), Rows("[1]").Schema);
    }

    static string Cell(params double[] numbers) => $"[{string.Join(',', numbers.Select(n => ((float)n).ToString("R", CultureInfo.InvariantCulture)))}]";

    static Batch Rows(params string?[] vectors) => new(
        new([new("id", ColumnType.Int64), new("kind", ColumnType.Text), new("v", ColumnType.Text)]),
        [
            new ValueColumn<long>(ColumnType.Int64, [.. Enumerable.Range(0, vectors.Length).Select(i => (long)i)]), TextColumn.Of([.. vectors.Select((_, i) => $"kind {i % 3}")]), TextColumn.Of(vectors),
        ],
        vectors.Length);

    static string[] ById(StepRun run) =>
        [.. Enumerable.Range(0, run.All.Rows).OrderBy(row => ((ValueColumn<long>)run.All["id"]).Values[row]).Select(row => string.Join(' ', run.All.Columns.Select(c => c.IsNull(row) ? "-" : c.Display(row))))];
}
