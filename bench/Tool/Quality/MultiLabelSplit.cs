using System.Globalization;
using System.Xml.Linq;
using Sluice.Batches;
using Sluice.Folding;

namespace Sluice.Bench.Quality;

/// <summary>
/// Ten folds of rows with several labels: label-distribution deviation as Sechidis et al. (2011) define it, beside their algorithm, iterative
/// stratification, in an own version that breaks ties at random (the median of 20 seeds). Every pair of ARFF file and XML label list is measured.
/// </summary>
sealed class MultiLabelSplit : QualityTask
{
    const int Folds = 10, Seeds = 20;

    public override string Area => "embedding";

    public override string Name => "multi-label stratified split";

    public override string Folder => "multilabel";

    public override IEnumerable<QualityRow> Measure(string folder)
    {
        var files = Directory.EnumerateFiles(folder, "*.arff", SearchOption.AllDirectories).Where(path => File.Exists(Path.ChangeExtension(path, ".xml")));
        foreach (var arff in files.Order(StringComparer.Ordinal))
        {
            var names = XDocument.Load(Path.ChangeExtension(arff, ".xml")).Descendants()
                .Where(e => e.Name.LocalName == "label").Select(e => (string)e.Attribute("name")!).ToArray();
            var labels = Read(arff, names);
            var ours = Ours(labels, names);
            var peers = Enumerable.Range(0, Seeds).Select(seed => Iterative(labels, names.Length, seed)).ToArray();
            var data = Path.GetFileNameWithoutExtension(arff);
            yield return new QualityRow(
                data, "label deviation", LabelDeviation(labels, ours, names.Length),
                Median(peers.Select(p => LabelDeviation(labels, p, names.Length))), "iterative stratification", LowerIsBetter: true);
            yield return new QualityRow(data, "rows off per fold", RowDeviation(ours), Median(peers.Select(RowDeviation)), "iterative stratification", LowerIsBetter: true);
        }
    }

    static double Median(IEnumerable<double> values) => values.Order().ElementAt(Seeds / 2);

    static int[] Ours(bool[][] labels, string[] names)
    {
        var batch = new Batch(
            new Schema([new Field("row", ColumnType.Int64), .. names.Select(name => new Field(name, ColumnType.Boolean))]),
            [
                new ValueColumn<long>(ColumnType.Int64, [.. Enumerable.Range(0, labels.Length).Select(i => (long)i)]),
                .. names.Select((_, label) => new ValueColumn<bool>(ColumnType.Boolean, [.. labels.Select(row => row[label])])),
            ],
            labels.Length);
        var step = new CrossValidation(new() { Strategy = FoldStrategy.MultiLabel, Columns = names, NSplits = Folds }).Expand()[0];
        return [.. SplitRun.Of(step, batch).Result.Int64("fold").ToArray().Select(fold => (int)fold - 1)];
    }

    /// <summary>Mean over labels and folds of the difference between the odds of a label in the fold and in all rows.</summary>
    static double LabelDeviation(bool[][] labels, int[] folds, int count)
    {
        var sizes = Enumerable.Range(0, Folds).Select(fold => (double)folds.Count(f => f == fold)).ToArray();
        return Enumerable.Range(0, count).Average(label =>
        {
            double all = labels.Count(row => row[label]);
            return Enumerable.Range(0, Folds).Average(fold =>
            {
                double inFold = labels.Where((row, i) => folds[i] == fold && row[label]).Count();
                return Math.Abs((inFold / (sizes[fold] - inFold)) - (all / (labels.Length - all)));
            });
        });
    }

    static double RowDeviation(int[] folds) => Enumerable.Range(0, Folds).Average(fold => Math.Abs(folds.Count(f => f == fold) - (folds.Length / (double)Folds)));

    /// <summary>Algorithm 1 of the paper.</summary>
    static int[] Iterative(bool[][] labels, int count, int seed)
    {
        var random = new Random(seed);
        var folds = Enumerable.Repeat(-1, labels.Length).ToArray();
        var rows = Enumerable.Repeat(labels.Length / (double)Folds, Folds).ToArray();
        var wanted = Enumerable.Range(0, count).Select(label => Enumerable.Repeat(labels.Count(row => row[label]) / (double)Folds, Folds).ToArray()).ToArray();
        while (true)
        {
            var left = Enumerable.Range(0, count).Select(label => (Label: label, Rows: Enumerable.Range(0, labels.Length).Where(i => folds[i] < 0 && labels[i][label]).ToArray()))
                .Where(l => l.Rows.Length > 0).ToArray();
            if (left.Length == 0)
            {
                break;
            }

            var (rarest, members) = left.MinBy(l => l.Rows.Length);
            foreach (var row in members)
            {
                Put(row, Most(wanted[rarest]));
            }
        }

        for (var row = 0; row < labels.Length; row++)
        {
            if (folds[row] < 0)
            {
                Put(row, Most(rows));
            }
        }

        return folds;

        void Put(int row, int fold)
        {
            folds[row] = fold;
            rows[fold]--;
            for (var label = 0; label < count; label++)
            {
                wanted[label][fold] -= labels[row][label] ? 1 : 0;
            }
        }

        int Most(double[] desired)
        {
            var best = Enumerable.Range(0, Folds).Where(fold => desired[fold] == desired.Max()).ToArray();
            best = [.. best.Where(fold => rows[fold] == best.Max(b => rows[b]))];
            return best[random.Next(best.Length)];
        }
    }

    static bool[][] Read(string path, string[] names)
    {
        var lines = File.ReadAllLines(path);
        var attributes = lines.Where(l => l.StartsWith("@attribute", StringComparison.OrdinalIgnoreCase))
            .Select(l => l["@attribute".Length..].Trim().Split([' ', '\t', '{'], 2)[0].Trim('\'', '"')).ToArray();
        var positions = names.Select(name => Array.IndexOf(attributes, name)).ToArray();
        return
        [
            .. lines.SkipWhile(l => !l.StartsWith("@data", StringComparison.OrdinalIgnoreCase)).Skip(1).Where(l => l.Trim().Length > 0 && l[0] != '%').Select(l =>
            {
                if (l[0] == '{')
                {
                    // Sparse: pairs of position and value, of what is not 0.
                    var set = l.Trim('{', '}', ' ').Split(',').Select(pair => pair.Trim().Split(' ')).Where(pair => pair[1] != "0")
                        .Select(pair => int.Parse(pair[0], CultureInfo.InvariantCulture)).ToHashSet();
                    return positions.Select(set.Contains).ToArray();
                }

                var cells = l.Split(',');
                return positions.Select(at => cells[at].Trim() == "1").ToArray();
            }),
        ];
    }
}
