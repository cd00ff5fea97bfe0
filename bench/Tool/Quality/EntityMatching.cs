using Sluice.Batches;
using Sluice.Matching;

namespace Sluice.Bench.Quality;

/// <summary>
/// Records of two tables that mean the same thing, found without labels: every folder with a test.txt of labelled pairs, as Ditto has them
/// (<c>COL name VAL value … TAB COL … TAB 0/1</c>). The two tables are the different records of all its files; labels are read for scoring only.
/// F1 on the test pairs is Ditto's protocol; F1 on all labelled pairs is less subject to chance, the test sets being small. Single tables are csv files
/// whose rec_id says which records belong together: there all pairs of rows are judged.
/// </summary>
sealed class EntityMatching : QualityTask
{
    public override string Area => "tabular";

    public override string Name => "entity matching, no labels";

    public override string Folder => "er";

    public override IEnumerable<QualityRow> Measure(string folder)
    {
        foreach (var test in Directory.EnumerateFiles(folder, "test.txt", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            foreach (var row in Pairs(Path.GetDirectoryName(test)!))
            {
                yield return row;
            }
        }

        foreach (var file in Directory.EnumerateFiles(folder, "*.csv", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (File.ReadLines(file).FirstOrDefault() is { } header && header.StartsWith("rec_id", StringComparison.Ordinal))
            {
                yield return OneTable(file);
            }
        }
    }

    static IEnumerable<QualityRow> Pairs(string folder)
    {
        var (left, right) = (new PairTable(), new PairTable());
        var pairs = new List<(int Left, int Right, bool IsMatch, bool IsTest)>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.txt").Order(StringComparer.Ordinal))
        {
            foreach (var line in File.ReadLines(file))
            {
                if (line.Split('\t') is [var one, var other, var label])
                {
                    pairs.Add((left.Add(one), right.Add(other), label.Trim() == "1", Path.GetFileName(file) == "test.txt"));
                }
            }
        }

        var (scores, threshold) = RecordMatcher.Score(
            left.Build(), right.Build(), [.. pairs.Select(p => (p.Left, p.Right))], new MatchOptions(), CancellationToken.None);
        var name = Path.GetFileName(folder);
        var judged = pairs.Select((p, i) => (p.IsMatch, p.IsTest, Found: scores[i] >= threshold)).ToList();
        var (best, note) = Known(name);
        yield return Row(name, "F1, test pairs", judged.Where(p => p.IsTest).Select(p => (p.IsMatch, p.Found)), best, note);
        yield return Row(name, "F1, all pairs", judged.Select(p => (p.IsMatch, p.Found)), null, "");
    }

    // Published figures of the development data; other data have none and are for information.
    static (double? Best, string Note) Known(string name) => name switch
    {
        "Beer" => (0.94, "Ditto, trained on labels"),
        "Fodors-Zagats" => (1.0, "Ditto, trained on labels"),
        "iTunes-Amazon" => (0.97, "Ditto, trained on labels"),
        _ => (null, ""),
    };

    static QualityRow Row(string name, string figure, IEnumerable<(bool IsMatch, bool Found)> judged, double? best, string note)
    {
        var all = judged.ToList();
        var (right, wrong, missed) = (all.Count(p => p.IsMatch && p.Found), all.Count(p => !p.IsMatch && p.Found), all.Count(p => p.IsMatch && !p.Found));
        return new QualityRow(name, figure, Math.Round(F1(right, wrong, missed), 3), best, Says(right, wrong, missed, note));
    }

    static double F1(long right, long wrong, long missed) => right == 0 ? 0 : 2.0 * right / ((2 * right) + wrong + missed);

    static string Says(long right, long wrong, long missed, string note) => $"{right} right, {wrong} wrong, {missed} missed{(note.Length > 0 ? "; best: " + note : "")}";

    static QualityRow OneTable(string file)
    {
        var lines = File.ReadLines(file).Select(line => line.Split(',').Select(cell => cell.Trim()).ToArray()).ToList();
        var names = lines[0];
        var rows = lines.Skip(1).Where(line => line.Length == names.Length).ToList();
        var fields = names.Skip(1).Select(n => new Field(n, ColumnType.Text)).ToList();
        var columns = fields.Select((_, i) => TextColumn.Of([.. rows.Select(r => r[i + 1].Length == 0 ? null : r[i + 1])]));
        var entities = rows.Select(r => r[0].Split('-')[1]).ToArray();
        var result = RecordMatcher.Dedupe(new Batch(new Schema(fields), columns, rows.Count), new MatchOptions(), CancellationToken.None);
        var right = result.Pairs.Count(p => entities[p.Left] == entities[p.Right]);
        var all = entities.GroupBy(e => e).Sum(g => (long)g.Count() * (g.Count() - 1) / 2);
        return new QualityRow(
            Path.GetFileNameWithoutExtension(file), "F1, all pairs of rows", Math.Round(F1(right, result.Pairs.Count - right, all - right), 3), null,
            Says(right, result.Pairs.Count - right, all - right, ""));
    }

    /// <summary>Different records in the order in which they are first seen.</summary>
    sealed class PairTable
    {
        readonly Dictionary<string, int> places = [];
        readonly List<Dictionary<string, string>> rows = [];
        readonly List<string> names = [];

        public int Add(string record)
        {
            record = record.Trim();
            if (!places.TryGetValue(record, out var place))
            {
                place = places[record] = rows.Count;
                var cells = new Dictionary<string, string>();
                foreach (var part in (" " + record).Split(" COL ", StringSplitOptions.RemoveEmptyEntries))
                {
                    var at = (part + " ").IndexOf(" VAL ", StringComparison.Ordinal);
                    var name = at < 0 ? part.Trim() : part[..at].Trim();
                    cells[name] = at < 0 || at + 5 > part.Length ? "" : part[(at + 5)..].Trim();
                    if (!names.Contains(name))
                    {
                        names.Add(name);
                    }
                }

                rows.Add(cells);
            }

            return place;
        }

        public Batch Build() => new(
            new Schema(names.Select(n => new Field(n, ColumnType.Text))),
            names.Select(n => TextColumn.Of([.. rows.Select(r => r.GetValueOrDefault(n) is { Length: > 0 } cell ? cell : null)])),
            rows.Count);
    }
}
