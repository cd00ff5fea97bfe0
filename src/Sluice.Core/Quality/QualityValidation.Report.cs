using Sluice.Steps;

namespace Sluice.Quality;

// From what was seen to the report, the score and the gates.
public sealed partial class QualityValidation
{
    const string MissingColumn = "missing_column", MissingValue = "missing_value", WrongType = "wrong_type";

    string Duplicate => options.KeyColumns.Count == 0 ? "duplicate_row" : "duplicate_key";

    public override byte[] Fit(State? state, object? decided)
    {
        var seen = (QualityState)state!;
        var types = seen.Columns.Select(c => c.Kind(TypeShare)).OfType<Cleaning.ColumnKind>().Where(k => k.Type != ColumnType.Text).ToList();
        var checks = Checks(seen, types, decided as long? ?? 0).ToList();
        var report = new QualityReport
        {
            Score = Score(checks),
            Rows = seen.Rows,
            Checks = checks,
            Columns = [.. seen.Columns.Select((c, i) => c.Profile(types.FirstOrDefault(t => t.Column == seen.Schema[i].Name)?.Misfits ?? 0))],
            Types = types,
            GateFailures = [],
            Notes = options.DeepAnalysis ? ["deep_analysis was asked for and did not run: no language model is configured."] : [],
        };
        return Fitted.Of(report with { GateFailures = [.. Gates(report)] });
    }

    /// <summary>The published formula; see <see cref="QualityReport.Score"/>. Without a single check that counts, nothing is wrong: 100.</summary>
    internal static double Score(IReadOnlyList<CheckResult> checks)
    {
        double bad = 0, all = 0;
        foreach (var check in checks.Where(c => c.Denominator > 0))
        {
            bad += Weight(check.Severity) * check.Rate;
            all += Weight(check.Severity);
        }

        return all == 0 ? 100 : Math.Round(100 * (1 - (bad / all)), 6);
    }

    internal static double Weight(Severity severity) => severity switch
    {
        Severity.Critical => 1.0,
        Severity.High => 0.7,
        Severity.Medium => 0.4,
        _ => 0.1,
    };

    IEnumerable<CheckResult> Checks(QualityState seen, IReadOnlyList<Cleaning.ColumnKind> types, long duplicates)
    {
        if (options.Schema.RequiredColumns is { Count: > 0 } required)
        {
            yield return new CheckResult(MissingColumn, null, Severity.Critical, required.Count(c => !seen.Schema.Has(c)), required.Count, "columns");
        }

        if (Runs(QualityCheck.Missing))
        {
            yield return new CheckResult(MissingValue, null, Severity.Medium, seen.Columns.Sum(c => c.Missing), seen.Rows * seen.Columns.Length, "cells");
        }

        if (Runs(QualityCheck.Duplicates))
        {
            yield return new CheckResult(Duplicate, null, Severity.High, duplicates, seen.Rows, "rows");
        }

        if (Runs(QualityCheck.MixedTypes))
        {
            yield return new CheckResult(WrongType, null, Severity.High, types.Sum(t => t.Misfits), seen.Columns.Sum(c => c.Present), "cells");
        }

        for (var i = 0; i < rules.Length; i++)
        {
            yield return new CheckResult(rules[i].Reason, rules[i].Column, rules[i].Severity, seen.RuleFailures[i], seen.RuleJudged[i], "rows");
        }
    }

    IEnumerable<string> Gates(QualityReport report)
    {
        if (report.Score < options.MinQualityScore)
        {
            var worst = report.Checks.Where(c => c.Issues > 0).OrderByDescending(c => Weight(c.Severity) * c.Rate).Take(3)
                .Select(c => $"{c.Name}{(c.Column is null ? "" : $" in '{c.Column}'")} {c.Rate:P1}");
            yield return $"The quality score is {report.Score:0.00}; the gate asks for at least {options.MinQualityScore:0.##}. Largest causes: {string.Join(", ", worst)}.";
        }

        if (options.FailOnCritical && report.Checks.Where(c => c.Severity == Severity.Critical).Sum(c => c.Issues) is > 0 and var critical)
        {
            yield return $"{critical} critical {(critical == 1 ? "issue" : "issues")} found; fail_on_critical allows none.";
        }

        foreach (var (name, limit) in options.MaxIssueRate.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            foreach (var check in report.Checks.Where(c => c.Name == name && c.Rate > limit))
            {
                yield return $"{check.Name}{(check.Column is null ? "" : $" in '{check.Column}'")}: {check.Issues:N0} of {check.Denominator:N0} {check.Unit} ({check.Rate:P2}); max_issue_rate allows {limit:P2}.";
            }
        }
    }
}
