using System.Globalization;
using Sluice.Batches;
using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Bench.Quality;

/// <summary>
/// Outlier scores of the step remove_outliers beside a column of labels: every csv file that has a column <c>is_outlier</c>. All other columns
/// that hold numbers only are given to the step with its defaults; it leaves out identifiers itself.
/// </summary>
sealed class Outliers : QualityTask
{
    const string Label = "is_outlier", Score = "sluice_score";

    static readonly OutlierMethod[] methods = [OutlierMethod.IsolationForest, OutlierMethod.Knn, OutlierMethod.Lof, OutlierMethod.RobustZ, OutlierMethod.ZScore, OutlierMethod.Iqr];

    public override string Area => "tabular";

    public override string Name => "outliers";

    public override string Folder => "outliers";

    public override IEnumerable<QualityRow> Measure(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*.csv").Order(StringComparer.Ordinal))
        {
            var (batch, labels) = Read(path);
            if (labels is null)
            {
                continue;
            }

            foreach (var method in methods)
            {
                var (best, note) = Known(Path.GetFileNameWithoutExtension(path), method);
                yield return new QualityRow(Path.GetFileNameWithoutExtension(path), $"AUC {method}", RocAuc(Scores(batch, method), labels), best, note);
            }
        }
    }

    // Published figures of the development data; other files have none and are for information.
    static (double? Best, string Note) Known(string name, OutlierMethod method) => (name, method) switch
    {
        ("breastw", OutlierMethod.IsolationForest) => (0.988, "sklearn IForest"),
        ("pima", OutlierMethod.IsolationForest) => (0.666, "sklearn IForest"),
        ("pima", OutlierMethod.Knn) => (0.713, "kNN"),
        ("hbk", OutlierMethod.IsolationForest) => (1.0, "sklearn IForest"),
        _ => (null, ""),
    };

    static double[] Scores(Batch batch, OutlierMethod method)
    {
        var step = new RemoveOutliers(new() { OutlierMethod = method, OutlierAction = OutlierAction.Flag, ScoreColumn = Score });
        var state = step.NewState(batch.Schema)!;
        step.Observe(batch, state);
        return step.Apply(batch, new Fitted(step.Fit(state, null)), new Verdicts(batch.Rows)).Float64(Score).ToArray();
    }

    /// <summary>Chance that an outlier scores more than another row, equal scores half.</summary>
    static double RocAuc(double[] scores, bool[] labels)
    {
        var order = Enumerable.Range(0, scores.Length).GroupBy(i => scores[i]).OrderBy(g => g.Key);
        double below = 0, sum = 0;
        foreach (var equal in order)
        {
            var (outliers, others) = (equal.Count(i => labels[i]), equal.Count(i => !labels[i]));
            sum += outliers * (below + (others / 2.0));
            below += others;
        }

        return sum / below / labels.Count(l => l);
    }

    static (Batch Batch, bool[]? Labels) Read(string path)
    {
        var lines = File.ReadLines(path).Where(l => l.Length > 0).Select(l => l.Split(',').Select(c => c.Trim('"')).ToArray()).ToList();
        var names = lines[0];
        var (fields, columns, labels) = (new List<Field>(), new List<Column>(), default(bool[]));
        for (var i = 0; i < names.Length; i++)
        {
            var cells = lines.Skip(1).Select(l => l[i]).ToArray();
            if (names[i] == Label)
            {
                labels = [.. cells.Select(c => c == "1")];
            }
            else if (cells.All(c => c.Length == 0 || c == "NA" || double.TryParse(c, CultureInfo.InvariantCulture, out _)))
            {
                fields.Add(new Field(names[i], ColumnType.Float64));
                columns.Add(new ValueColumn<double>(
                    ColumnType.Float64, [.. cells.Select(c => double.TryParse(c, CultureInfo.InvariantCulture, out var number) ? number : double.NaN)]));
            }
        }

        return (new Batch(new Schema(fields), columns, lines.Count - 1), labels);
    }
}
