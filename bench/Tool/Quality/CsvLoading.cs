using System.Globalization;
using System.Text;
using System.Text.Json;
using Sluice.Batches;
using Sluice.Connectors;

namespace Sluice.Bench.Quality;

/// <summary>
/// CSV files loaded without a word about how they are written, scored as Pollock does (G. Vitagliano et al., "Pollock: A Data Loading Benchmark",
/// VLDB 2023): success, and precision, recall and F1 of the header's names, of records and of cells as multisets, 10 points at most.
/// </summary>
sealed class CsvLoading : QualityTask
{
    /// <summary>Where published: best of the loaders that are told nothing, by what files the folder has.</summary>
    const double Simple = 9.193, Weighted = 9.453, Survey = 9.015;

    public override string Area => "tabular";

    public override string Name => "CSV loading, dialect detected";

    public override string Folder => "csv";

    public override IEnumerable<QualityRow> Measure(string folder)
    {
        foreach (var set in Directory.GetDirectories(folder).Where(d => Directory.Exists(Path.Combine(d, "clean"))).Order(StringComparer.Ordinal))
        {
            var scores = new SortedDictionary<string, double>(StringComparer.Ordinal);
            var unique = 0.0;
            foreach (var file in Directory.GetFiles(Path.Combine(set, "csv")))
            {
                var name = Path.GetFileName(file);
                var clean = PollockScore.Parse(File.ReadAllText(Path.Combine(set, "clean", name)));
                var loaded = Load(file);
                scores[name] = loaded is null ? 0 : PollockScore.Of(clean, loaded.AsFound);
                unique += loaded is null ? 0 : PollockScore.Of(clean, loaded.AsNamed);
            }

            var data = Path.GetFileName(set);
            var weights = Path.Combine(set, "weights.json");
            var hasWeights = File.Exists(weights);
            var note = hasWeights ? "CleverCSV; DuckDB-auto 9.075" : "OpenCSV; CleverCSV 8.898";
            yield return new(data, "score, simple", scores.Values.Average(), hasWeights ? Simple : Survey, $"{note}; {scores.Count} files, worst {Worst(scores)}");
            yield return new(data, "score, names unique", unique / scores.Count, null, "with completed and unique column names in place of the file's header");
            if (hasWeights)
            {
                yield return new(data, "score, weighted", WeightedMean(scores, weights), Weighted, "CleverCSV; DuckDB-auto 8.439");
            }
        }
    }

    static string Worst(SortedDictionary<string, double> scores) =>
        string.Join(", ", scores.OrderBy(s => s.Value).Take(3).Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Key} {s.Value:0.00}")));

    static double WeightedMean(SortedDictionary<string, double> scores, string weights)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(weights));
        var known = scores.Where(s => json.RootElement.TryGetProperty(s.Key, out _)).Select(s => (s.Value, Weight: json.RootElement.GetProperty(s.Key).GetDouble())).ToList();
        return known.Sum(k => k.Value * k.Weight) / known.Sum(k => k.Weight);
    }

    sealed record Loaded(IReadOnlyList<IReadOnlyList<string>> AsFound, IReadOnlyList<IReadOnlyList<string>> AsNamed);

    /// <summary>Every record as text, by default options. Null: refused. An empty file, which Sluice refuses as empty, is a table of nothing.</summary>
    static Loaded? Load(string file)
    {
        try
        {
            return new FileInfo(file).Length == 0 ? new Loaded([], []) : LoadAsync(file).GetAwaiter().GetResult();
        }
        catch (SourceException)
        {
            return null;
        }
    }

    static async Task<Loaded> LoadAsync(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        var inputs = new FolderInputs([folder], folder);
        var source = new CsvSource(new CsvSource.Options { FilePath = file });
        var layout = await source.DetectAsync(inputs, default);
        var schema = new Schema(layout.Columns.Select(c => new Field(c, ColumnType.Text)));
        var rows = new List<IReadOnlyList<string>>();
        await foreach (var shard in source.ListShardsAsync(inputs, new ShardCut(), default))
        {
            var batch = (await source.ReadAsync(inputs, shard, schema, default)).Batch;
            rows.AddRange(Enumerable.Range(0, batch.Rows).Select(row => batch.Columns.Select(c => c.IsNull(row) ? "" : Encoding.UTF8.GetString(((TextColumn)c)[row])).ToList()));
        }

        return layout.HeaderRecords == 0 ? new Loaded(rows, rows) : new Loaded([layout.Header, .. rows], [layout.Columns, .. rows]);
    }
}
