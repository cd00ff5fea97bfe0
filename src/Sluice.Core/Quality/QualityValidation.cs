using System.ComponentModel.DataAnnotations;
using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>A check of the table as a whole.</summary>
public enum QualityCheck
{
    /// <summary>Null, NaN, empty or blank cells. Severity medium; counted in cells.</summary>
    Missing,

    /// <summary>Rows that equal an earlier row, or have its key. Severity high; counted in rows.</summary>
    Duplicates,

    /// <summary>Cells of a text column that are not of the type most of its cells have. Severity high; counted in cells.</summary>
    MixedTypes,
}

/// <summary>What happens to a row that fails a business rule.</summary>
public enum ValidationMode
{
    /// <summary>It is kept, with evidence.</summary>
    Flag,

    /// <summary>It is rejected.</summary>
    Reject,
}

/// <summary>Checks the rows, keeps evidence of every failure, scores them from 0 to 100, and stops the run when a gate refuses.</summary>
[Step("quality_validation", Aliases = ["quality_check"])]
public sealed partial class QualityValidation : Step
{
    // Below this share of one type a text column is text, and nothing in it is of a wrong type.
    const double TypeShare = 0.5;

    readonly Options options;
    readonly CompiledRule[] rules;

    public QualityValidation(Options options)
    {
        this.options = options;
        rules = [.. options.BusinessRules.Where(r => CompiledRule.Problem(r) is null).Select(r => new CompiledRule(r))];
    }

    public sealed record Options
    {
        /// <summary>What the table must look like.</summary>
        public SchemaDemand Schema { get; init; } = new();

        /// <summary>Rules on single columns.</summary>
        public IReadOnlyList<BusinessRule> BusinessRules { get; init; } = [];

        /// <summary>Asks for a semantic look by a language model. None is configured in this version: the report says that it did not run.</summary>
        public bool DeepAnalysis { get; init; }

        /// <summary>Gate: least score, 0 to 100. Default: no gate.</summary>
        [Range(0.0, 100.0)]
        public double? MinQualityScore { get; init; }

        /// <summary>Gate: refuse when a check of severity critical fails at all, whatever the score. Default: false.</summary>
        public bool FailOnCritical { get; init; }

        /// <summary>Gates of single checks: largest share of failures, 0 to 1, by the check's reason, for example <c>missing_value: 0.2</c>. Default: none.</summary>
        public IReadOnlyDictionary<string, double> MaxIssueRate { get; init; } = new Dictionary<string, double>();

        /// <summary>Checks of the table to run. Default: all.</summary>
        public IReadOnlyList<QualityCheck> Checks { get; init; } = [QualityCheck.Missing, QualityCheck.Duplicates, QualityCheck.MixedTypes];

        /// <summary>Columns that identify a row: duplicates are then rows with an earlier row's key. Default: whole rows are compared.</summary>
        public IReadOnlyList<string> KeyColumns { get; init; } = [];

        /// <summary>Whether rows that fail a business rule are kept with evidence (flag) or taken out (reject). Default: flag.</summary>
        public ValidationMode Mode { get; init; } = ValidationMode.Flag;
    }

    /// <summary>Demands on the columns.</summary>
    public sealed record SchemaDemand
    {
        /// <summary>Columns that must be there. A missing one fails the check <c>missing_column</c>, severity critical. Default: none.</summary>
        public IReadOnlyList<string> RequiredColumns { get; init; } = [];
    }

    /// <summary>The checks of the table alone, without gate: what a run measures when its pipeline has no check of its own.</summary>
    public static QualityValidation Default { get; } = new(new Options());

    /// <summary>The same checks on other rows, for a score that can be compared: no gate, nothing rejected.</summary>
    public QualityValidation WithoutGate() => new(options with
    {
        MinQualityScore = null,
        FailOnCritical = false,
        MaxIssueRate = new Dictionary<string, double>(),
        Mode = ValidationMode.Flag,
    });

    public override bool IsPassive => options.Mode == ValidationMode.Flag;

    public override bool IsKeyed => Runs(QualityCheck.Duplicates);

    bool Runs(QualityCheck check) => options.Checks.Contains(check);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        for (var i = 0; i < options.BusinessRules.Count; i++)
        {
            var rule = options.BusinessRules[i];
            if (CompiledRule.Problem(rule) is var (option, message))
            {
                problems.Add(option.Length == 0 ? $"business_rules[{i}]" : $"business_rules[{i}].{option}", message);
            }

            problems.Column(input, $"business_rules[{i}].column", rule.Column);
        }

        for (var i = 0; i < options.KeyColumns.Count; i++)
        {
            problems.Column(input, $"key_columns[{i}]", options.KeyColumns[i]);
        }

        foreach (var (check, rate) in options.MaxIssueRate)
        {
            if (rate is not (>= 0 and <= 1))
            {
                problems.Add($"max_issue_rate.{check}", $"{rate} is no share. Expected a number from 0 to 1.");
            }

            if (!Reasons().Contains(check))
            {
                problems.Add($"max_issue_rate.{check}", $"'{check}' is no check of this step. It has: {string.Join(", ", Reasons())}.");
            }
        }

        return input;
    }

    IEnumerable<string> Reasons() =>
        new[] { MissingColumn, MissingValue, Duplicate, WrongType }.Concat(rules.Select(r => r.Reason)).Distinct();

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => options.Mode == ValidationMode.Flag
        ? wanted
        : wanted.Union(rules.Select(r => r.Column)).ToHashSet(StringComparer.Ordinal);

    public override State NewState(Schema input) => new QualityState(input, rules.Length);

    public override void Observe(Batch batch, State state)
    {
        var seen = (QualityState)state;
        seen.Rows += batch.Rows;
        for (var i = 0; i < seen.Columns.Length; i++)
        {
            seen.Columns[i].Observe(batch[seen.Schema[i].Name]);
        }

        for (var i = 0; i < rules.Length; i++)
        {
            // Measured again after the pipeline, a rule's column may be gone: then it judges nothing.
            if (batch.Schema.Has(rules[i].Column))
            {
                seen.RuleJudged[i] += rules[i].Judge(batch[rules[i].Column], _ => seen.RuleFailures[i]++);
            }
        }
    }

    public override RowKey[] Keys(Batch batch)
    {
        var present = options.KeyColumns.Where(batch.Schema.Has).ToList();
        return present.Count == 0 ? RowHash.Rows(batch.Columns, batch.Rows) : Cleaning.KeyColumns.Of(batch, present);
    }

    /// <summary>Marks every row whose key an earlier row has; gives their number.</summary>
    public override object Decide(KeyedRows rows, Decisions decisions)
    {
        long duplicates = 0;
        RowKey? before = null;
        foreach (var row in rows)
        {
            if (row.Key == before && row.Key != Cleaning.KeyColumns.None)
            {
                duplicates++;
                decisions.Set(row.Batch, row.Row, 1);
            }

            before = row.Key;
        }

        return duplicates;
    }

    /// <summary>Evidence depends on the types that columns should have, not on how many cells have them.</summary>
    public override string ApplyKey(Fitted fitted) =>
        string.Join('\n', fitted.As<QualityReport>().Types.Where(t => t.Misfits > 0).Select(t => $"{t.Type} {t.Column}"));

    public override string? GateFailure(Fitted fitted) =>
        fitted.As<QualityReport>().GateFailures is { Count: > 0 } failures ? string.Join(" ", failures) : null;

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        if (Runs(QualityCheck.Missing))
        {
            FlagMissing(batch, verdicts);
        }

        if (Runs(QualityCheck.Duplicates))
        {
            FlagDuplicates(fitted, verdicts);
        }

        if (Runs(QualityCheck.MixedTypes))
        {
            FlagTypes(batch, fitted.As<QualityReport>().Types, verdicts);
        }

        foreach (var rule in rules.Where(r => batch.Schema.Has(r.Column)))
        {
            var id = verdicts.Rule(rule.Reason, rule.Column, rule.Severity, options.Mode == ValidationMode.Reject);
            rule.Judge(batch[rule.Column], row => verdicts.Fail(id, row));
        }

        return verdicts.Keep(batch);
    }

    static void FlagMissing(Batch batch, Verdicts verdicts)
    {
        for (var i = 0; i < batch.Schema.Count; i++)
        {
            var rows = MissingCells.Rows(batch[i]);
            if (rows.Count > 0)
            {
                var id = verdicts.Rule(MissingValue, batch.Schema[i].Name, Severity.Medium);
                rows.ForEach(row => verdicts.Fail(id, row));
            }
        }
    }

    void FlagDuplicates(Fitted fitted, Verdicts verdicts)
    {
        var decisions = fitted.Decisions;
        for (var row = 0; row < decisions.Length; row++)
        {
            if (decisions[row] == 1)
            {
                verdicts.Fail(verdicts.Rule(Duplicate, null, Severity.High), row);
            }
        }
    }

    static void FlagTypes(Batch batch, IReadOnlyList<ColumnKind> types, Verdicts verdicts)
    {
        var kinds = new CellKinds(CellKinds.DefaultTokens);
        foreach (var type in types.Where(t => t.Misfits > 0 && batch.Schema.Has(t.Column)))
        {
            if (batch[type.Column] is TextColumn text)
            {
                var id = verdicts.Rule(WrongType, type.Column, Severity.High);
                for (var row = 0; row < text.Rows; row++)
                {
                    if (!text.IsNull(row) && kinds.Of(text[row]) is var kind && kind != CellKind.Blank && !type.Holds(kind))
                    {
                        verdicts.Fail(id, row);
                    }
                }
            }
        }
    }
}
