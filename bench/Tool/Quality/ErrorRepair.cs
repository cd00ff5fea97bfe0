namespace Sluice.Bench.Quality;

/// <summary>Wrong cells of a table found and repaired, end to end, with at most 20 labelled rows, and with none.</summary>
sealed class ErrorRepair : QualityTask
{
    // F1 of Raha and Baran together with 20 labelled rows (Mahdavi and Abedjan, VLDB 2020).
    static readonly Dictionary<string, double> best = new(StringComparer.Ordinal)
    {
        ["hospital"] = 0.66,
        ["flights"] = 0.66,
        ["beers"] = 0.90,
        ["rayyan"] = 0.35,
        ["tax"] = 0.74,
        ["tax10k"] = 0.74,
    };

    public override string Area => "tabular";

    public override string Name => "error repair";

    public override string Folder => "dirty/raha";

    public override IEnumerable<QualityRow> Measure(string folder)
    {
        foreach (var (name, dirty, clean) in RepairRun.Tables(folder))
        {
            var run = RepairRun.Of(dirty, clean, RepairRun.Budget);
            yield return new QualityRow(name, $"F1, {RepairRun.Budget} rows labelled", run.RepairF1, best.TryGetValue(name, out var known) ? known : null, run.RepairNote);
            run = RepairRun.Of(dirty, clean, 0);
            yield return new QualityRow(name, "F1, no labels", run.RepairF1, null, run.RepairNote);
        }
    }
}
