using System.Text;
using Sluice.Batches;
using Sluice.Splits;
using Sluice.Steps;
using Sluice.TextDuplicates;

namespace Sluice.Bench.Quality;

/// <summary>
/// Near-duplicates across the sets of a split: planted copies at Jaccard .7, .8 and .9, counted by comparing all pairs, and what 14 × 8 MinHash finds of
/// them. Then files of texts with known pairs: <c>NAME.train</c> (an id and a text a line) beside <c>NAME.truth</c> (two ids a line).
/// </summary>
sealed class LeakedDuplicates : QualityTask
{
    const int Documents = 1_000;

    public override string Area => "embedding";

    public override string Name => "near-duplicates";

    public override string Folder => "dedup";

    public override IEnumerable<QualityRow> Measure(string folder)
    {
        foreach (var jaccard in new[] { 0.7, 0.8, 0.9 })
        {
            var texts = Planted(jaccard);
            var sets = texts.Select(Shingled).ToArray();
            var data = $"planted at J = {jaccard:0.0}";
            var pairs = Pairs(sets, jaccard);
            var (whole, report) = Placed(texts, new() { NearDuplicates = new() { Threshold = jaccard } });
            var (random, _) = Placed(texts, new());
            yield return new QualityRow(data, "leaked pairs", Leaked(pairs, whole), 0, $"of {pairs.Count}; a random split leaks {Leaked(pairs, random)}", LowerIsBetter: true);
            yield return new QualityRow(data, "bound stated", report.Certificate.LeakedPairs!.Bound, null, $"confidence {report.Certificate.LeakedPairs.Confidence}", LowerIsBetter: true);
            var found = new HashSet<(int, int)>();
            new LshJoin(sets, new MinHash()).Pairs(jaccard, (left, right) => found.Add((Math.Min(left, right), Math.Max(left, right))));
            yield return new QualityRow(data, "recall of 14 x 8", found.Count(pairs.Contains) / (double)pairs.Count, jaccard switch { 0.8 => 0.92, 0.9 => 0.99, _ => null }, "all pairs compared");
            yield return new QualityRow(data, "false pairs of 14 x 8", found.Count(pair => !pairs.Contains(pair)), 0, "all pairs compared", LowerIsBetter: true);
        }

        foreach (var path in Directory.EnumerateFiles(folder, "*.train", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            foreach (var row in Known(path, Path.ChangeExtension(path, ".truth")))
            {
                yield return row;
            }
        }
    }

    static IEnumerable<QualityRow> Known(string path, string truthPath)
    {
        var lines = File.ReadLines(path).Select(l => l.Split(' ', 2)).Where(l => l.Length == 2).ToArray();
        var number = lines.Index().ToDictionary(l => l.Item[0], l => l.Index, StringComparer.Ordinal);
        var truth = File.ReadLines(truthPath).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(l => l.Length == 2)
            .Select(l => (Math.Min(number[l[0]], number[l[1]]), Math.Max(number[l[0]], number[l[1]]))).ToHashSet();
        var found = new HashSet<(int, int)>();
        new LshJoin([.. lines.Select(l => Shingled(l[1]))], MinHash.For(0.5)).Pairs(0.5, (left, right) => found.Add((Math.Min(left, right), Math.Max(left, right))));
        yield return new QualityRow(Path.GetFileNameWithoutExtension(path), "recall at J = .5", found.Count(truth.Contains) / (double)truth.Count, 1, $"{truth.Count} pairs are known");
        yield return new QualityRow(Path.GetFileNameWithoutExtension(path), "precision at J = .5", found.Count(truth.Contains) / (double)Math.Max(1, found.Count), 1, "");
    }

    static string[] Planted(double jaccard)
    {
        var random = new Random(7);
        var texts = new List<string>();
        for (var i = 0; i < Documents; i++)
        {
            var words = Enumerable.Range(0, random.Next(60, 200)).Select(_ => Word()).ToArray();
            texts.Add(string.Join(' ', words));

            // The last words differ: of n shingles k, so that the similarity is (n - k) / (n + k).
            var changed = (int)Math.Floor((words.Length - 4) * (1 - jaccard) / (1 + jaccard));
            texts.Add(string.Join(' ', words.Select((word, at) => at < words.Length - changed ? word : Word())));
        }

        return [.. texts];

        string Word() => new([.. Enumerable.Range(0, random.Next(3, 9)).Select(_ => (char)('a' + random.Next(26)))]);
    }

    static HashSet<(int, int)> Pairs(ulong[][] sets, double jaccard) =>
    [
        .. from left in Enumerable.Range(0, sets.Length)
        from right in Enumerable.Range(left + 1, sets.Length - left - 1)
        where Jaccard.IsAtLeast(sets[left], sets[right], jaccard)
        select (left, right),
    ];

    static (string[] Sets, SplitReport Report) Placed(string[] texts, Split.Options options)
    {
        var (result, json) = SplitRun.Of(new Split(options), new Batch(new Schema([new Field("text", ColumnType.Text)]), [TextColumn.Of(texts)], texts.Length));
        return ([.. Enumerable.Range(0, texts.Length).Select(row => result["split"].Display(row))], new Fitted(json).As<SplitReport>());
    }

    static int Leaked(HashSet<(int Left, int Right)> pairs, string[] sets) => pairs.Count(pair => sets[pair.Left] != sets[pair.Right]);

    static ulong[] Shingled(string text) => new Shingles().Of(Encoding.UTF8.GetBytes(text)).ToArray();
}
