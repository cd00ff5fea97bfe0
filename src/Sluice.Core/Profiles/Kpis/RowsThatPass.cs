using Sluice.Datasets;
using Sluice.Runs;
using Sluice.Steps;

namespace Sluice.Profiles.Kpis;

/// <summary>Which rows of a run the validations passed, from its evidence, which has every failure.</summary>
public static class RowsThatPass
{
    // Steps that judge rows; what others take out is not wrong.
    static readonly string[] judges = ["quality_validation", "check_accuracy", "validate_llm_data"];

    // A value that is not there is not wrong; one that a rule requires is "missing_required".
    const string Missing = "missing_value";

    /// <summary>Null where no validation ran.</summary>
    /// <param name="files">Where evidence lies.</param>
    /// <param name="record">The run.</param>
    /// <param name="steps">Steps of the version that it made, which say their types.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public static async Task<Accuracy?> OfAsync(BatchFiles files, RunRecord record, IReadOnlyList<VersionStep> steps, CancellationToken cancellation)
    {
        var validations = steps.Where(s => judges.Contains(Catalog.Default.Find(CapabilityKind.Step, s.Type)?.Type)).Select(s => Root(s.Counts.Step)).Distinct(StringComparer.Ordinal).ToList();
        if (validations.Count == 0)
        {
            return null;
        }

        var (failing, reasons) = (0L, new SortedDictionary<string, long>(StringComparer.Ordinal));
        foreach (var part in record.Evidence)
        {
            var counted = part.Rules.Select(r => validations.Contains(Root(r.Step)) && r.Reason != Missing && Enum.Parse<Severity>(r.Severity, ignoreCase: true) >= Severity.Medium).ToArray();
            if (!counted.Contains(true))
            {
                continue;
            }

            var evidence = await files.ReadAsync(part.Evidence, null, cancellation);
            var rules = evidence.Int64("rule");
            var rows = evidence.Int64("row");
            var seen = new HashSet<long>();
            for (var i = 0; i < evidence.Rows; i++)
            {
                if (counted[rules[i]])
                {
                    seen.Add(rows[i]);
                    var reason = part.Rules[(int)rules[i]].Reason;
                    reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
                }
            }

            failing += seen.Count;
        }

        var all = record.RowsRead - record.Rejected.GetValueOrDefault("unreadable");
        return new Accuracy(
            all == 0 ? 0 : Math.Round(1 - ((double)failing / all), 6), all, failing, validations, [.. reasons.OrderByDescending(r => r.Value).Select(r => new CountedValue(r.Key, r.Value))]);
    }

    // Of the parts of a step, the step.
    static string Root(string id) => id.Split('/')[0];
}
