using System.Text.Json.Serialization;
using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Outliers;

/// <summary>What the methods that judge whole rows see of a table: the spread of each column and a sample of the rows.</summary>
sealed class RowOutlierState : State
{
    public const int MaxSampleRows = 2_048;

    public ColumnStates<NumberSummary> Columns { get; } = new(() => new NumberSummary(4_096));

    public RowSample Sample { get; } = new(MaxSampleRows);

    public void Observe(Batch batch, IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            Columns[name].Add(Numbers.Of(batch[name]));
        }

        if (names.Count > 0)
        {
            Sample.Add(names, [.. names.Select(name => RowSample.Bits(Numbers.Of(batch[name])))], batch.Rows);
        }
    }

    public override void Merge(State other)
    {
        Columns.Merge(((RowOutlierState)other).Columns);
        Sample.Merge(((RowOutlierState)other).Sample);
    }

    public override void Write(BinaryWriter writer)
    {
        Columns.Write(writer);
        Sample.Write(writer);
    }

    public override void Read(BinaryReader reader)
    {
        Columns.Read(reader);
        Sample.Read(reader);
    }
}

/// <summary>A column as a dimension: its median is 0 and the middle half of its values spans 1.349, as in a normal distribution of deviation 1.</summary>
/// <param name="Name">Column.</param>
/// <param name="Center">Median; stands for missing values.</param>
/// <param name="Scale">What becomes 1; 0: all values are equal, and the column says nothing.</param>
sealed record Dimension(string Name, double Center, double Scale)
{
    // Infinities are far out, and still numbers that can be added up.
    const double Farthest = 1e9;

    public static Dimension Of(string name, NumberSummary numbers)
    {
        var values = numbers.Values;
        var spread = (values.Quantile(0.75) - values.Quantile(0.25)) / 1.349;
        spread = spread > 0 ? spread : numbers.Deviation;
        return new Dimension(name, values.Quantile(0.5), double.IsFinite(spread) ? spread : 0);
    }

    public double Place(double value) =>
        double.IsNaN(value) || Scale == 0 ? 0 : Math.Clamp((value - Center) / Scale, -Farthest, Farthest);
}

/// <summary>Fitted parameters of a method that judges whole rows. The model itself is made from them again wherever rows are scored.</summary>
/// <param name="Method">Which model.</param>
/// <param name="Sampled">Columns of the sample, which a row's content is compared in.</param>
/// <param name="Dimensions">Those the model works in.</param>
/// <param name="Hashes">Content of the sampled rows, in ascending order.</param>
/// <param name="Cells">Their places, row after row, little-endian doubles.</param>
/// <param name="Counts">Their copies.</param>
/// <param name="Neighbours">k, or 0 for automatic.</param>
/// <param name="Trees">Of the forest.</param>
/// <param name="Seed">Of the forest.</param>
/// <param name="Limit">Rows that score more are outliers.</param>
sealed record RowOutliers(
    OutlierMethod Method, IReadOnlyList<string> Sampled, IReadOnlyList<Dimension> Dimensions, ulong[] Hashes, byte[] Cells, long[] Counts, int Neighbours,
    int Trees, ulong Seed, double Limit)
{
    OutlierModel? model;

    [JsonIgnore]
    OutlierModel Model => model ??= Create();

    public static RowOutliers Fit(RowOutlierState seen, RemoveOutliers.Options options)
    {
        var dimensions = seen.Sample.Columns.Where(name => options.Columns.Count > 0 || !Identifiers.Is(name, seen.Columns[name].Values))
            .Select(name => Dimension.Of(name, seen.Columns[name])).Where(d => d.Scale > 0).ToList();
        var at = dimensions.Select(d => seen.Sample.Columns.ToList().IndexOf(d.Name)).ToArray();
        var rows = seen.Sample.Rows();
        var cells = new double[rows.Count * dimensions.Count];
        for (var i = 0; i < cells.Length; i++)
        {
            var (row, dimension) = Math.DivRem(i, dimensions.Count);
            cells[i] = dimensions[dimension].Place(BitConverter.UInt64BitsToDouble(rows[row].Cells[at[dimension]]));
        }

        var fitted = new RowOutliers(
            options.OutlierMethod, seen.Sample.Columns, dimensions, [.. rows.Select(r => r.Hash)],
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(cells.AsSpan()).ToArray(), [.. rows.Select(r => r.Count)], options.Neighbours, options.Trees,
            unchecked((ulong)options.Seed), double.PositiveInfinity);
        return fitted with { Limit = fitted.LimitOf(options.OutlierShare) };
    }

    /// <summary>One score a row of the batch; all 0 when no column varies.</summary>
    public double[] Score(Batch batch)
    {
        var scores = new double[batch.Rows];
        if (Dimensions.Count == 0)
        {
            return scores;
        }

        var hashes = RowSample.Hashes([.. Sampled.Select(name => RowSample.Bits(Numbers.Of(batch[name])))], batch.Rows);
        var places = new double[batch.Rows * Dimensions.Count];
        for (var dimension = 0; dimension < Dimensions.Count; dimension++)
        {
            var numbers = Numbers.Of(batch[Dimensions[dimension].Name]);
            for (var row = 0; row < numbers.Length; row++)
            {
                places[(row * Dimensions.Count) + dimension] = Dimensions[dimension].Place(numbers[row]);
            }
        }

        for (var row = 0; row < scores.Length; row++)
        {
            var self = Array.BinarySearch(Hashes, hashes[row]);
            scores[row] = Model.Score(places.AsSpan(row * Dimensions.Count, Dimensions.Count), Math.Max(self, -1));
        }

        return scores;
    }

    // Given a share, the score that so many sampled rows exceed; else Tukey's outer fence of the scores, three quartile ranges above the third.
    double LimitOf(double? share)
    {
        if (Dimensions.Count == 0)
        {
            return double.PositiveInfinity;
        }

        var points = Points();
        var scores = new ValueHistogram(int.MaxValue);
        var row = new double[Dimensions.Count];
        for (var point = 0; point < points.Rows; point++)
        {
            points.CopyRow(point, row);
            scores.Add(Model.Score(row, point), points.Counts[point]);
        }

        var (first, third) = (scores.Quantile(0.25), scores.Quantile(0.75));
        return share is { } wanted ? scores.Quantile(1 - wanted) : third + (3 * (third - first));
    }

    OutlierPoints Points()
    {
        var cells = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, double>(Cells);
        var columns = new double[Dimensions.Count][];
        for (var dimension = 0; dimension < columns.Length; dimension++)
        {
            columns[dimension] = new double[Counts.Length];
            for (var row = 0; row < Counts.Length; row++)
            {
                columns[dimension][row] = cells[(row * columns.Length) + dimension];
            }
        }

        return new OutlierPoints(columns, Counts);
    }

    OutlierModel Create() => Method == OutlierMethod.IsolationForest
        ? new IsolationForest(Points(), Trees, Seed)
        : new NearestNeighbours(Points(), Neighbours, isLocal: Method == OutlierMethod.Lof);
}
