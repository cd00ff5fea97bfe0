using System.Globalization;
using System.Text.Json;
using Sluice.TimeSeries;

namespace Sluice.Bench.Quality;

/// <summary>Anomalies in the series of the Numenta Anomaly Benchmark, one configuration for all.</summary>
sealed class TimeSeriesAnomalies : QualityTask
{
    public override string Area => "tabular";

    public override string Name => "time-series anomalies";

    public override string Folder => "timeseries";

    public override IEnumerable<QualityRow> Measure(string folder)
    {
        foreach (var corpus in Directory.EnumerateDirectories(folder).Where(d => File.Exists(Windows(d))).Order(StringComparer.Ordinal))
        {
            using var labels = JsonDocument.Parse(File.ReadAllBytes(Windows(corpus)));
            var all = new List<NabPoint>();
            var kinds = new SortedDictionary<string, List<NabPoint>>(StringComparer.Ordinal);
            foreach (var series in labels.RootElement.EnumerateObject().OrderBy(s => s.Name, StringComparer.Ordinal))
            {
                var path = Path.Combine(corpus, "data", series.Name);
                if (File.Exists(path))
                {
                    var points = Points(path, series).ToList();
                    all.AddRange(points);
                    var kind = series.Name.Split('/')[0];
                    (kinds.TryGetValue(kind, out var known) ? known : kinds[kind] = []).AddRange(points);
                }
            }

            var (score, threshold) = NabScore.Best(all);
            yield return new QualityRow(
                Path.GetFileName(corpus), "NAB, standard", score, 74.9, $"ARTime on all 58 series; HTM 70.5, KNN-CAD 58.0; threshold {threshold:0.###}");
            foreach (var (kind, points) in kinds.Where(k => k.Value.Exists(p => p.Window is not null)))
            {
                // At the threshold of the corpus.
                var at = points.Select(p => p with { Score = p.Score >= threshold ? 1 : 0 }).ToList();
                yield return new QualityRow($"{Path.GetFileName(corpus)}/{kind}", "NAB, standard", NabScore.At(at, 1), null, "at the threshold of the corpus");
            }
        }
    }

    static string Windows(string corpus) => Path.Combine(corpus, "labels", "combined_windows.json");

    static IEnumerable<NabPoint> Points(string path, JsonProperty series)
    {
        var lines = File.ReadLines(path).Skip(1).Select(line => line.Split(',')).ToList();
        var times = lines.Select(l => DateTime.Parse(l[0], CultureInfo.InvariantCulture)).ToList();
        var detector = new AnomalyDetector();
        var scores = lines.Select(l => detector.Next(double.Parse(l[1], CultureInfo.InvariantCulture))).ToList();
        var windows = series.Value.EnumerateArray()
            .Select(w => (times.IndexOf(Time(w[0])), times.LastIndexOf(Time(w[1])))).Where(w => w.Item1 >= 0 && w.Item2 >= w.Item1).ToList();
        return NabScore.Points(series.Name, scores, windows);
    }

    static DateTime Time(JsonElement text) => DateTime.Parse(text.GetString()!, CultureInfo.InvariantCulture);
}
