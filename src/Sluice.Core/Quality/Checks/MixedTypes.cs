using System.Text.Json.Nodes;
using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>Cells of a text column that are not of the type most of its cells have. Counted in cells; severity high.</summary>
[Check("mixed_types", 3)]
sealed class MixedTypes : Check
{
    const string Reason = "wrong_type";

    public override IReadOnlyList<string> Reasons => [Reason];

    public override CheckFit Fit(Seen seen) =>
        new([new CheckResult(Reason, null, Severity.High, seen.Types.Sum(t => t.Misfits), seen.Columns.Sum(c => c.Present), "cells")]);

    public override void Apply(Judged judged)
    {
        var kinds = new CellKinds(CellKinds.DefaultTokens);
        foreach (var type in judged.Report.Types.Where(t => t.Misfits > 0))
        {
            if (judged.Batch.Schema.Has(type.Column) && judged.Batch[type.Column] is TextColumn text)
            {
                var rows = new List<int>();
                for (var row = 0; row < text.Rows; row++)
                {
                    if (!text.IsNull(row) && kinds.Of(text[row]) is var kind && kind != CellKind.Blank && !type.Holds(kind))
                    {
                        rows.Add(row);
                    }
                }

                judged.Fail(Reason, type.Column, Severity.High, rows);
            }
        }
    }

    public override IEnumerable<Suggestion> Suggest(QualityReport report) => report.Types.Select(t => new Suggestion(
        Reason,
        t.Column,
        $"read it as {t.Type.ToString().ToLowerInvariant()}{(t.Misfits == 0 ? ": every value fits" : $": {t.Misfits:N0} of {t.Present:N0} values do not fit and become missing")}",
        new JsonObject { ["type"] = "fix_types", ["config"] = new JsonObject { ["columns"] = new JsonArray(t.Column) } }));
}
