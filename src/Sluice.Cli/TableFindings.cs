using Sluice.Quality;
using Sluice.Runs;

namespace Sluice.Cli;

/// <summary>What is wrong with a table, for people and machines.</summary>
/// <param name="File">What was read.</param>
/// <param name="Rows">Rows that were checked.</param>
/// <param name="Columns">Columns.</param>
/// <param name="Unreadable">Records that could not be read.</param>
/// <param name="Score">0 to 100.</param>
/// <param name="Error">Why a gate refuses; null when none does.</param>
/// <param name="Checks">Every check that ran, and what it found.</param>
/// <param name="WorstColumns">Columns with failures, most first.</param>
/// <param name="Examples">Some of the failures.</param>
/// <param name="MissingTogether">Columns that are missing together.</param>
/// <param name="Suggestions">What could be done.</param>
/// <param name="Notes">What changed, and what did not run.</param>
/// <param name="Distributions">What a later table can be compared with: the option <c>baseline</c>.</param>
sealed record TableFindings(
    string File, long Rows, int Columns, long Unreadable, double Score, string? Error, IReadOnlyList<CheckResult> Checks, IReadOnlyList<ColumnFailures> WorstColumns,
    IReadOnlyList<Example> Examples, IReadOnlyList<MissingPattern> MissingTogether, IReadOnlyList<Suggestion> Suggestions, IReadOnlyList<string> Notes,
    Distributions? Distributions)
{
    const int MaxWorst = 10, ExamplesEach = 3, MaxExamples = 60;

    public static async Task<TableFindings> OfAsync(string file, QualityReport report, SingleResult run, CancellationToken cancellation)
    {
        var rules = run.Record.Evidence.SelectMany(e => e.Rules).ToList();
        var worst = rules.Where(r => r.Column is not null).GroupBy(r => r.Column!)
            .Select(c => new ColumnFailures(c.Key, c.Sum(r => (long)r.Failures), c.GroupBy(r => r.Reason).OrderByDescending(r => r.Sum(x => (long)x.Failures)).ThenBy(r => r.Key, StringComparer.Ordinal)
                .ToDictionary(r => r.Key, r => r.Sum(x => (long)x.Failures))))
            .OrderByDescending(c => c.Failures).ThenBy(c => c.Column, StringComparer.Ordinal).Take(MaxWorst);
        return new TableFindings(
            file, report.Rows, report.Columns.Count, run.Record.Rejected.GetValueOrDefault("unreadable"), report.Score, run.Record.GateFailure, report.Checks, [.. worst],
            await ExamplesAsync(run, rules, cancellation), report.MissingPatterns ?? [], QualityValidation.Suggest(report), report.Notes, report.Distributions);
    }

    /// <summary>The first failures of each check and column; reads no further once it has them.</summary>
    static async Task<IReadOnlyList<Example>> ExamplesAsync(SingleResult run, IReadOnlyList<EvidenceRule> rules, CancellationToken cancellation)
    {
        // A missing value has nothing to show, and its column is named among the worst.
        var wanted = rules.Where(r => r.Reason != "missing_value").GroupBy(r => (r.Reason, r.Column)).Take(MaxExamples)
            .ToDictionary(g => g.Key, g => Math.Min(ExamplesEach, g.Sum(r => (long)r.Failures)));
        var found = new List<Example>();
        await foreach (var batch in new EvidenceRows(run.Files, run.Record).ReadAsync(cancellation))
        {
            var (reasons, columns, values) = (batch["reason"], batch["column"], batch["value"]);
            for (var row = 0; row < batch.Rows && wanted.Count > 0; row++)
            {
                var key = (reasons.Display(row), columns.IsNull(row) ? null : columns.Display(row));
                if (wanted.TryGetValue(key, out var left))
                {
                    found.Add(new Example(key.Item1, key.Item2, batch.Int64("row")[row], values.IsNull(row) ? null : values.Display(row)));
                    if (left == 1)
                    {
                        wanted.Remove(key);
                    }
                    else
                    {
                        wanted[key] = left - 1;
                    }
                }
            }

            if (wanted.Count == 0)
            {
                break;
            }
        }

        return [.. found.OrderBy(e => e.Check, StringComparer.Ordinal).ThenBy(e => e.Column, StringComparer.Ordinal).ThenBy(e => e.Row)];
    }
}

/// <summary>Failures of one column, and of which checks.</summary>
sealed record ColumnFailures(string Column, long Failures, IReadOnlyDictionary<string, long> Checks);

/// <summary>One failure: the row of the data, counted from 1, and the value there.</summary>
sealed record Example(string Check, string? Column, long Row, string? Value);
