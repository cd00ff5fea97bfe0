using Sluice.Batches;
using Sluice.Repair;

namespace Sluice.Bench.Quality;

/// <summary>
/// Detection and repair of one table, and how it compares with the clean one: cell by cell, as Raha's and Baran's authors count (labelled rows
/// included, a repair is right when it is exactly the clean value).
/// </summary>
sealed record RepairRun(int Errors, int Found, int FoundRight, int Repaired, int RepairedRight)
{
    public const int Budget = 20;

    public double DetectionF1 => F1(FoundRight, Found);

    public double RepairF1 => F1(RepairedRight, Repaired);

    public string DetectionNote => $"precision {Share(FoundRight, Found):0.000}, recall {Share(FoundRight, Errors):0.000}, {Errors} wrong cells";

    public string RepairNote =>
        $"precision {Share(RepairedRight, Repaired):0.000}, recall {Share(RepairedRight, Errors):0.000}, {Share(Repaired - RepairedRight, RepairedRight):0.000} wrong repairs per right one";

    /// <summary>Tables in pairs, dirty and clean, in ordinal order.</summary>
    public static IEnumerable<(string Name, Batch Dirty, Batch Clean)> Tables(string folder)
    {
        foreach (var table in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
        {
            var (dirty, clean) = (Path.Combine(table, "dirty.csv"), Path.Combine(table, "clean.csv"));
            if (File.Exists(dirty) && File.Exists(clean))
            {
                yield return (Path.GetFileName(table), Read(dirty), Read(clean));
            }
        }
    }

    /// <summary>Lets a user, who is the clean table, label the rows that are asked for, and judges the rest.</summary>
    public static RepairRun Of(Batch dirty, Batch clean, int labels)
    {
        var session = new RepairSession(dirty);
        for (var label = 0; label < labels && session.NextToLabel() is var row && row >= 0; label++)
        {
            session.Label(new LabelledRow(TextTable.Row(dirty, row), TextTable.Row(clean, row)));
        }

        var errors = Enumerable.Range(0, dirty.Schema.Count).Sum(column => Enumerable.Range(0, dirty.Rows).Count(row => IsWrong(dirty, clean, column, row)));
        int found = 0, foundRight = 0, repaired = 0, repairedRight = 0;
        foreach (var finding in session.Findings(dirty))
        {
            var wrong = IsWrong(dirty, clean, finding.Column, finding.Row);
            found++;
            foundRight += wrong ? 1 : 0;
            repaired += IsRepair(finding) ? 1 : 0;
            repairedRight += IsRepair(finding) && wrong && finding.New == Text(clean, finding.Column, finding.Row) ? 1 : 0;
        }

        return new RepairRun(errors, found, foundRight, repaired, repairedRight);
    }

    static bool IsRepair(CellFinding finding) => finding.New is not null;

    static bool IsWrong(Batch dirty, Batch clean, int column, int row) => Text(dirty, column, row) != Text(clean, column, row);

    static string Text(Batch rows, int column, int row) => rows[column].IsNull(row) ? "" : rows[column].Display(row);

    static Batch Read(string file) => TextTable.ReadAsync(file, default).GetAwaiter().GetResult();

    static double Share(int part, int whole) => whole == 0 ? 0 : (double)part / whole;

    double F1(int right, int given) => 2.0 * right / Math.Max(1, given + Errors);
}
