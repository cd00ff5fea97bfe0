namespace Sluice.Bench.Quality;

/// <summary>Wrong cells of a table, found with at most 20 labelled rows, and with none.</summary>
sealed class ErrorDetection : QualityTask
{
    // F1 of Raha with 20 labelled rows (Mahdavi et al., SIGMOD 2019, table 4).
    static readonly Dictionary<string, double> best = new(StringComparer.Ordinal) { ["hospital"] = 0.72, ["flights"] = 0.81, ["beers"] = 0.99, ["rayyan"] = 0.79 };

    public override string Area => "tabular";

    public override string Name => "error detection";

    public override string Folder => "dirty/raha";

    public override IEnumerable<QualityRow> Measure(string folder)
    {
        foreach (var (name, dirty, clean) in RepairRun.Tables(folder))
        {
            var run = RepairRun.Of(dirty, clean, RepairRun.Budget);
            yield return new QualityRow(name, $"F1, {RepairRun.Budget} rows labelled", run.DetectionF1, best.TryGetValue(name, out var known) ? known : null, run.DetectionNote);
            run = RepairRun.Of(dirty, clean, 0);
            yield return new QualityRow(name, "F1, no labels", run.DetectionF1, null, run.DetectionNote);
        }
    }
}
