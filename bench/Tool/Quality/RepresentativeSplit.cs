using System.Globalization;
using Sluice.Batches;
using Sluice.Splits;
using Sluice.Splits.Units;
using Sluice.Steps;

namespace Sluice.Bench.Quality;

/// <summary>
/// Energy distance between training and validation rows of the strategy representative. First a mixture of five clusters (300 rows, 75 of them for
/// validation; the mean of ten mixtures), scaled so that random splits have .156 on average, as in the measurement that the known figures are from; then every CSV
/// file with numbers, beside the mean of random splits.
/// </summary>
sealed class RepresentativeSplit : QualityTask
{
    const double RandomOfMeasurement = 0.156, TwinningOfMeasurement = 0.034;
    const int Mixtures = 10, Randoms = 20, MaxRows = 5_000;

    public override string Area => "embedding";

    public override string Name => "representative split";

    public override string Folder => "tabular";

    public override IEnumerable<QualityRow> Measure(string folder)
    {
        var shares = Enumerable.Range(0, Mixtures).Select(seed => Distances(Mixture(seed))).Select(d => d.Ours / d.Random).ToArray();
        yield return new QualityRow(
            "five clusters, n=300", "energy distance", shares.Average() * RandomOfMeasurement, 0.04,
            $"target; twinning {TwinningOfMeasurement}, random {RandomOfMeasurement}, k-center .762", LowerIsBetter: true);
        foreach (var path in Directory.EnumerateFiles(folder, "*.csv", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (Read(path) is { } batch)
            {
                var (ours, random) = Distances(batch);
                yield return new QualityRow(
                    Path.GetFileNameWithoutExtension(path), "energy distance", ours, random, $"random; {ours / random:0.00} of it", LowerIsBetter: true);
            }
        }
    }

    static (double Ours, double Random) Distances(Batch batch)
    {
        var options = new Split.Options { Strategy = SplitStrategy.Representative, Ratios = new Dictionary<string, double> { ["train"] = 0.75, ["validation"] = 0.25 } };
        var (result, json) = SplitRun.Of(new Split(options), batch);
        var validation = new Fitted(json).As<SplitReport>().Sets[1].Rows;
        var rows = Standardize.Columns(Numbers(batch), batch.Columns.Count);
        var ours = Distance(rows, batch.Columns.Count, row => result["split"].Display(row) == "validation");
        var random = Enumerable.Range(0, Randoms).Average(seed =>
        {
            var order = Enumerable.Range(0, batch.Rows).ToArray();
            new Random(seed).Shuffle(order);
            var chosen = order.Take((int)validation).ToHashSet();
            return Distance(rows, batch.Columns.Count, chosen.Contains);
        });
        return (ours, random);
    }

    static double Distance(float[] rows, int width, Func<int, bool> isValidation)
    {
        var parts = Enumerable.Range(0, rows.Length / width).ToLookup(isValidation);
        return EnergyDistance.Of(Of(parts[false]), Of(parts[true]), width);

        float[] Of(IEnumerable<int> some) => [.. some.SelectMany(row => rows[(row * width)..((row + 1) * width)])];
    }

    static float[] Numbers(Batch batch) => [.. Enumerable.Range(0, batch.Rows).SelectMany(row => batch.Columns.Select(column => RowVectors.Number(column, row)))];

    static Batch Mixture(int seed)
    {
        var random = new Random(seed);
        var centers = Enumerable.Range(0, 5).Select(_ => (X: 10 * random.NextDouble(), Y: 10 * random.NextDouble())).ToArray();
        var points = Enumerable.Range(0, 300).Select(_ => centers[random.Next(5)]).Select(c => (X: c.X + Normal(), Y: c.Y + Normal())).ToArray();
        return new Batch(
            new Schema([new Field("x", ColumnType.Float64), new Field("y", ColumnType.Float64)]),
            [new ValueColumn<double>(ColumnType.Float64, [.. points.Select(p => p.X)]), new ValueColumn<double>(ColumnType.Float64, [.. points.Select(p => p.Y)])],
            points.Length);

        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    /// <summary>The columns of numbers of a file; null when there are fewer than two, or few rows.</summary>
    static Batch? Read(string path)
    {
        var lines = File.ReadLines(path).Take(MaxRows + 1).Select(l => l.Split(',').Select(c => c.Trim('"')).ToArray()).ToList();
        var rows = lines.Skip(1).Where(l => l.Length == lines[0].Length).ToArray();
        var numeric = Enumerable.Range(0, lines[0].Length).Where(i =>
            rows.All(r => IsMissing(r[i]) || double.TryParse(r[i], CultureInfo.InvariantCulture, out _)) && rows.Any(r => !IsMissing(r[i]))).ToArray();
        return rows.Length < 100 || numeric.Length < 2 ? null : new Batch(
            new Schema(numeric.Select(i => new Field(i.ToString(CultureInfo.InvariantCulture), ColumnType.Float64))),
            numeric.Select(i => Column([.. rows.Select(r => r[i])])), rows.Length);
    }

    static bool IsMissing(string cell) => cell is "" or "NA" or "?";

    static ValueColumn<double> Column(string[] cells)
    {
        var builder = new ValueBuilder<double>(ColumnType.Float64, cells.Length);
        foreach (var cell in cells)
        {
            if (IsMissing(cell))
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(double.Parse(cell, CultureInfo.InvariantCulture));
            }
        }

        return builder.Build();
    }
}
