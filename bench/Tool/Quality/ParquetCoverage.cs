using Sluice.Connectors;

namespace Sluice.Bench.Quality;

/// <summary>The Parquet project's interoperability files: what is readable is read, as their NAME_expect.csv say; damaged ones are one clear error.</summary>
sealed class ParquetCoverage : QualityTask
{
    public override string Area => "tabular";

    public override string Name => "Parquet coverage";

    public override string Folder => "parquet";

    public override IEnumerable<QualityRow> Measure(string folder)
    {
        foreach (var group in Directory.GetFiles(folder, "*.parquet", SearchOption.AllDirectories).GroupBy(f => Path.GetDirectoryName(f)!).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var data = Path.GetRelativePath(folder, group.Key);
            var files = group.Order(StringComparer.Ordinal).ToList();
            var results = files.Select(f => (File: f, Accepted: FileReading.Accepts(new ParquetSource(new ParquetSource.Options { FilePath = f }), f))).ToList();
            var names = string.Join(", ", results.Where(r => r.Accepted != true).Select(r => Path.GetFileName(r.File)));
            if (Path.GetFileName(group.Key).StartsWith("bad", StringComparison.Ordinal))
            {
                yield return new(data, "without a fault", (double)results.Count(r => r.Accepted is not null) / files.Count, 1, $"one clear error, or read; refused: {names}");
                continue;
            }

            yield return new(data, "files read", (double)results.Count(r => r.Accepted == true) / files.Count, 1, $"{files.Count} files; not read: {(names.Length > 0 ? names : "none")}");
            var expected = files.Where(f => File.Exists(Expected(f))).ToList();
            if (expected.Count > 0)
            {
                yield return new(data, "values as expected", (double)expected.Count(IsAsExpected) / expected.Count, 1, $"{expected.Count} files with NAME_expect.csv");
            }
        }
    }

    static string Expected(string file) => Path.ChangeExtension(file, null) + "_expect.csv";

    static bool IsAsExpected(string file)
    {
        var rows = FileReading.Read(new ParquetSource(new ParquetSource.Options { FilePath = file }), file).Batches
            .SelectMany(b => Enumerable.Range(0, b.Rows).Select(row => b.Columns.Select(c => c.IsNull(row) ? "" : c.Display(row)).ToList()));
        return PollockScore.Parse(File.ReadAllText(Expected(file))).Skip(1).SequenceEqual(rows, EqualityComparer<IReadOnlyList<string>>.Create((a, b) => a!.SequenceEqual(b!)));
    }
}
