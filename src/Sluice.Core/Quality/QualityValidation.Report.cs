using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Pipelines;
using Sluice.Steps;

namespace Sluice.Quality;

// From what was seen to the report, the score and the gates.
public sealed partial class QualityValidation
{
    public override byte[] Fit(State? state, object? decided)
    {
        var seen = (QualityState)state!;
        var types = seen.Columns.Select(c => c.Kind(TypeShare)).OfType<Cleaning.ColumnKind>().Where(k => k.Type != ColumnType.Text).ToList();
        var found = checks.Select((check, i) => check.Fit(
            new Seen(seen.Schema, seen.Rows, seen.Columns, types, seen.Checks[i], (decided as object?[])?[i], earlier))).ToList();
        var results = found.SelectMany(f => f.Results).ToList();
        var learned = found.Index().Where(f => f.Item.Learned is not null)
            .ToDictionary(f => NameOf(checks[f.Index]), f => JsonSerializer.SerializeToElement(f.Item.Learned, StepJson.Options));
        var report = new QualityReport
        {
            Score = Score(results),
            Rows = seen.Rows,
            Checks = results,
            Columns = [.. seen.Columns.Select((c, i) => c.Profile(types.FirstOrDefault(t => t.Column == seen.Schema[i].Name)?.Misfits ?? 0))],
            Types = types,
            GateFailures = [],
            Notes = [.. options.DeepAnalysis && readBefore ? [ReadBefore] : Array.Empty<string>(), .. found.SelectMany(f => f.Notes)],
            MissingPatterns = found.Select(f => f.MissingPatterns).FirstOrDefault(p => p is not null),
            Distributions = found.Select(f => f.Distributions).FirstOrDefault(d => d is not null),
            Learned = learned.Count == 0 ? null : learned,
        };
        return Fitted.Of(report with { GateFailures = [.. Gates(report)] });
    }

    /// <summary>Options for a single look at a table, checked as those of a pipeline are: all checks unless it names some, and freshness as of a given day.</summary>
    /// <param name="config">Options as YAML or JSON; null for none.</param>
    /// <param name="fileName">Name of the text for messages.</param>
    /// <param name="today">Day that freshness is measured from where a rule names none.</param>
    /// <returns>The options as JSON.</returns>
    /// <exception cref="PipelineException">Every problem of the options, with its place.</exception>
    public static string OptionsForLook(string? config, string? fileName, DateOnly today)
    {
        var problems = new ProblemList(fileName);
        var node = YamlReader.Read(config ?? "{}", problems);
        problems.ThrowIfAny();
        var bound = new OptionBinder(problems).Bind(
            node, node ?? new YamlMap(1, 1), typeof(Options), "quality_validation", new JsonObject { ["checks"] = new JsonArray(Check.AllName) });
        problems.ThrowIfAny();
        var options = (Options)bound!;
        return CanonicalJson.Of(options with
        {
            BusinessRules = [.. options.BusinessRules.Select(r => r.Type == RuleType.Freshness ? r with { AsOf = r.AsOf ?? today } : r)],
        });
    }

    /// <summary>What a person could do about a report; the checks that made it are known by their names.</summary>
    public static IReadOnlyList<Suggestion> Suggest(QualityReport report) =>
        [.. Check.Of(new Options { Checks = [Check.AllName] }).SelectMany(check => check.Suggest(report))];

    /// <summary>Empty for demands and rules, which have no name under <c>checks</c>.</summary>
    static string NameOf(Check check) => Check.All.FirstOrDefault(c => c.Type == check.GetType()).Name ?? "";

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
