using System.Text.Json.Nodes;
using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>Null, NaN, empty or blank cells. Counted in cells; severity medium.</summary>
[Check("missing", 1)]
sealed class MissingValues : Check
{
    const string Reason = "missing_value";
    const int MostCategories = 100;

    public override IReadOnlyList<string> Reasons => [Reason];

    public override CheckFit Fit(Seen seen) =>
        new([new CheckResult(Reason, null, Severity.Medium, seen.Columns.Sum(c => c.Missing), seen.Rows * seen.Columns.Count, "cells")]);

    public override void Apply(Judged judged)
    {
        for (var i = 0; i < judged.Batch.Schema.Count; i++)
        {
            judged.Fail(Reason, judged.Batch.Schema[i].Name, Severity.Medium, MissingCells.Rows(judged.Batch[i]));
        }
    }

    /// <summary>What to fill with. Where more than half is missing, whatever is filled in would be mostly invented.</summary>
    public override IEnumerable<Suggestion> Suggest(QualityReport report)
    {
        foreach (var column in report.Columns.Where(c => c.Missing > 0))
        {
            var share = (double)column.Missing / report.Rows;
            var (strategy, why) = column switch
            {
                _ when share > 0.5 => (null, $"{share:P0} of it is missing: leave it out, or find out why, rather than fill it"),
                { Numbers: not null } => ("median", "the median is not moved by far values"),
                { DistinctIsExact: true, Distinct: <= MostCategories } => ("mode", "it has few different values: use the most frequent one"),
                _ => (null, "its values are too different to guess one: keep it missing, or drop these rows"),
            };
            yield return new Suggestion(Reason, column.Name, why, strategy is null ? null : new JsonObject
            {
                ["type"] = "handle_missing",
                ["config"] = new JsonObject { ["columns"] = new JsonArray(column.Name), ["missing_strategy"] = strategy },
            });
        }
    }
}
