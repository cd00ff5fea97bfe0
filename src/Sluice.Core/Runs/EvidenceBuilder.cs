using Sluice.Steps;

namespace Sluice.Runs;

/// <summary>Every failing row × rule of one batch as a batch of two columns (rule number, row of the base batch), and what the numbers mean.</summary>
public sealed class EvidenceBuilder
{
    static readonly Schema EvidenceSchema = new([new Field("rule", ColumnType.Int64, false), new Field("row", ColumnType.Int64, false)]);
    readonly ValueBuilder<long> ruleNumbers = new(ColumnType.Int64);
    readonly ValueBuilder<long> rows = new(ColumnType.Int64);
    readonly List<EvidenceRule> rules = [];

    public int Rows => rows.Rows;

    public IReadOnlyList<EvidenceRule> Rules => rules;

    /// <summary>Adds what a step found; <paramref name="judged"/> is the batch its row numbers mean.</summary>
    public void Add(string step, Batch judged, Verdicts verdicts)
    {
        for (var rule = 0; rule < verdicts.Rules.Count; rule++)
        {
            var failing = verdicts.Failing(rule);
            if (failing.Count == 0)
            {
                continue;
            }

            var (reason, column, severity, rejects) = verdicts.Rules[rule];
            foreach (var row in failing)
            {
                ruleNumbers.Append(rules.Count);
                rows.Append(judged.OriginOf(row));
            }

            rules.Add(new EvidenceRule(step, reason, column, severity.ToString().ToLowerInvariant(), rejects, failing.Count, verdicts.Rules[rule].Detail));
        }
    }

    public Batch Build() => new(EvidenceSchema, [ruleNumbers.Build(), rows.Build()], Rows);
}
