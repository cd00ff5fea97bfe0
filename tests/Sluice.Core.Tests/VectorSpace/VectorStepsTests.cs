using Sluice.Batches;
using Sluice.Clusters;
using Sluice.Core.Tests.Selection;
using Sluice.Core.Tests.Steps;
using Sluice.Maps;
using Sluice.Steps;
using Sluice.VectorSpace;

namespace Sluice.Core.Tests.VectorSpace;

public sealed class KMeansClustersContractTests : StepContract
{
    protected override Step Create() => new ClusterRows(new() { Features = SelectRowsContract.Numbers, Clusters = 6 });

    protected override (Step Step, string Path)? WithUnknownColumn => (new ClusterRows(new() { Features = new() { Columns = ["nowhere"] } }), "features.columns[0]");
}

public sealed class HdbscanContractTests : StepContract
{
    protected override Step Create() => new ClusterRows(new() { Features = SelectRowsContract.Text, Method = ClusterBy.Hdbscan });

    protected override (Step Step, string Path)? WithUnknownColumn => null;
}

public sealed class UmapContractTests : StepContract
{
    protected override Step Create() => new ReduceDimensions(new() { Features = SelectRowsContract.Numbers });

    protected override (Step Step, string Path)? WithUnknownColumn => (new ReduceDimensions(new() { Features = new() { Text = "nowhere" } }), "features.text");
}

public sealed class PcaContractTests : StepContract
{
    protected override Step Create() => new ReduceDimensions(new() { Features = SelectRowsContract.Text, Method = ReduceBy.Pca, Dimensions = 5 });

    protected override (Step Step, string Path)? WithUnknownColumn => null;
}

public sealed class ReduceByTsneContractTests : StepContract
{
    protected override Step Create() => new ReduceDimensions(new() { Features = SelectRowsContract.Text, Method = ReduceBy.Tsne, Dimensions = 3 });

    protected override (Step Step, string Path)? WithUnknownColumn => null;
}

public sealed class RandomProjectionContractTests : StepContract
{
    protected override Step Create() => new ReduceDimensions(new() { Features = SelectRowsContract.Numbers, Method = ReduceBy.RandomProjection, Dimensions = 4 });

    protected override (Step Step, string Path)? WithUnknownColumn => null;
}

public sealed class VectorStepsTests
{
    static readonly VectorSource xy = new() { Columns = ["x", "y"] };

    [Fact]
    public void Hdbscan_finds_rings_and_leaves_out_what_lies_far_off()
    {
        var random = new Random(2);
        var places = Enumerable.Range(0, 600).Select(i =>
        {
            var (angle, radius) = (random.NextDouble() * 2 * Math.PI, i % 2 == 0 ? 1.0 : 4.0);
            return (X: (radius + (0.1 * random.NextDouble())) * Math.Cos(angle), Y: (radius + (0.1 * random.NextDouble())) * Math.Sin(angle));
        }).Append((9, 0)).Append((0, -12)).ToArray();

        var run = StepRunner.Run(new ClusterRows(new() { Features = xy, Method = ClusterBy.Hdbscan, MinClusterSize = 10 }), Table(places));

        var clusters = (ValueColumn<long>)run.All["cluster"];
        Assert.True(clusters.IsNull(600) && clusters.IsNull(601));
        var inner = Enumerable.Range(0, 600).Where(row => row % 2 == 0).GroupBy(row => clusters.IsNull(row) ? -1 : clusters.Values[row]).MaxBy(g => g.Count())!;
        var outer = Enumerable.Range(0, 600).Where(row => row % 2 == 1).GroupBy(row => clusters.IsNull(row) ? -1 : clusters.Values[row]).MaxBy(g => g.Count())!;
        Assert.True(inner.Key != outer.Key && inner.Key >= 0 && outer.Key >= 0 && inner.Count() > 280 && outer.Count() > 200, $"{inner.Key}: {inner.Count()}, {outer.Key}: {outer.Count()}");
    }

    [Fact]
    public void The_largest_cluster_is_number_0()
    {
        var run = StepRunner.Run(new ClusterRows(new() { Features = xy, Clusters = 3 }), Clusters(90, 5, 10));

        Assert.Equal([90, 10, 5], new Fitted(run.Json).As<ClusterReport>().Sizes);
        Assert.Equal(0, ((ValueColumn<long>)run.All["cluster"]).Values[0]);
    }

    [Fact]
    public void Neighbours_stay_neighbours_on_a_map()
    {
        var run = StepRunner.Run(new ReduceDimensions(new() { Features = xy }), Clusters(80, 80, 80));

        var map = new VectorRows(
            [.. Enumerable.Range(0, 240).Select(row => (ReadOnlyMemory<float>)new[] { (float)run.All.Float64("map_1")[row], (float)run.All.Float64("map_2")[row] })], 2);
        var nearest = NearestRows.Of(map, 5, default);
        Assert.All(Enumerable.Range(0, 240), row => Assert.All(nearest.RowsOf(row).ToArray(), other => Assert.Equal(row / 80, other / 80)));
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        var schema = Clusters(3).Schema;

        Assert.StartsWith(
            "clusters: hdbscan finds out how many groups there are.",
            Assert.Single(StepRunner.Problems(new ClusterRows(new() { Features = xy, Method = ClusterBy.Hdbscan, Clusters = 3 }), schema)));
        Assert.StartsWith(
            "dimensions: Method tsne makes at most 3 numbers; found 4.",
            Assert.Single(StepRunner.Problems(new ReduceDimensions(new() { Features = xy, Method = ReduceBy.Tsne, Dimensions = 4 }), schema)));
        Assert.StartsWith(
            "output_column: Column 'x' is already there.", Assert.Single(StepRunner.Problems(new ClusterRows(new() { Features = xy, OutputColumn = "x" }), schema)));
        Assert.StartsWith(
            "prefix: Column 'x1' is already there.",
            Assert.Single(StepRunner.Problems(new ReduceDimensions(new() { Features = xy, Prefix = "x" }), schema.With(new Field("x1", ColumnType.Text)))));
    }

    static Batch Clusters(params int[] sizes)
    {
        var random = new Random(4);
        return Table([.. sizes.SelectMany((size, i) => Enumerable.Range(0, size).Select(_ => (i * 20 + random.NextDouble(), (i % 2 * 20) + random.NextDouble())))]);
    }

    static Batch Table((double X, double Y)[] places) => new(
        new Schema([new Field("x", ColumnType.Float64), new Field("y", ColumnType.Float64)]),
        [new ValueColumn<double>(ColumnType.Float64, [.. places.Select(p => p.X)]), new ValueColumn<double>(ColumnType.Float64, [.. places.Select(p => p.Y)])],
        places.Length);
}
