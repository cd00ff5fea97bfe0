using System.Globalization;
using Sluice.Batches;
using Sluice.Embedding;

namespace Sluice.Bench.Quality;

/// <summary>
/// Semantic textual similarity: the cosine of two sentences' vectors by the bundled model against people's judgement. A year's figure is the
/// mean of Pearson's correlations on its sets, weighted by their pairs, as SemEval gave it.
/// </summary>
sealed class TextSimilarity : QualityTask
{
    // What the model's own weights (float32) give; ours are rounded to 8 bits, for which 0.3 is allowed.
    const double Allowance = 0.3;
    static readonly Dictionary<string, double> own = new(StringComparer.Ordinal) { ["sts2012"] = 54.2, ["sts2013"] = 63.3, ["sts2014"] = 70.7 };

    public override string Area => "embedding";

    public override string Name => "text similarity";

    public override string Folder => "embedding";

    public override IEnumerable<QualityRow> Measure(string folder)
    {
        var embedder = TextEmbedders.OpenAsync(new EmbeddingModel(), CancellationToken.None).GetAwaiter().GetResult();
        foreach (var year in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            var (sum, pairs) = (0.0, 0);
            foreach (var file in Directory.EnumerateFiles(year, "*.tsv").Order(StringComparer.Ordinal))
            {
                var scored = Score(file, embedder);
                if (scored.Count > 1)
                {
                    var correlation = Pearson(scored);
                    (sum, pairs) = (sum + (correlation * scored.Count), pairs + scored.Count);
                    yield return new QualityRow($"{Path.GetFileName(year)}/{Path.GetFileName(file).Split('.')[0]}", "Pearson × 100", correlation, null, $"{scored.Count} pairs");
                }
            }

            if (pairs > 0)
            {
                var name = Path.GetFileName(year);
                double? best = own.TryGetValue(name, out var figure) ? figure - Allowance : null;
                yield return new QualityRow(name, "Pearson × 100", sum / pairs, best, $"{pairs} pairs{(best is null ? "" : $"; the model's own weights {figure:F1}, 0.3 allowed")}");
            }
        }
    }

    static List<(double Judged, double Found)> Score(string file, TextEmbedder embedder)
    {
        var pairs = File.ReadLines(file).Select(line => line.Split('\t'))
            .Where(cells => cells.Length >= 3 && double.TryParse(cells[0], NumberStyles.Float, CultureInfo.InvariantCulture, out _)).ToList();
        var texts = TextColumn.Of([.. pairs.SelectMany(p => new[] { p[1], p[2] })]);
        var vectors = new float[texts.Rows * embedder.Dimensions];
        embedder.Embed(texts, 0, vectors, new int[texts.Rows], CancellationToken.None);
        return [.. pairs.Select((p, i) => (
            double.Parse(p[0], CultureInfo.InvariantCulture),
            Vectors.Cosine(vectors.AsSpan(2 * i * embedder.Dimensions, embedder.Dimensions), vectors.AsSpan(((2 * i) + 1) * embedder.Dimensions, embedder.Dimensions))))];
    }

    static double Pearson(List<(double X, double Y)> pairs)
    {
        var (x, y) = (pairs.Average(p => p.X), pairs.Average(p => p.Y));
        return 100 * pairs.Sum(p => (p.X - x) * (p.Y - y)) / Math.Sqrt(pairs.Sum(p => (p.X - x) * (p.X - x)) * pairs.Sum(p => (p.Y - y) * (p.Y - y)));
    }
}
