using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Steps;

namespace Sluice.Quality;

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

    // A decision is a byte per row, a bit of it per check that walks over keys.
    const int MostKeyed = 8;

    readonly Options options;
    readonly Check[] checks;
    readonly int[] keyed;
    readonly EarlierReport? earlier;

    public QualityValidation(Options options)
        : this(options, null)
    {
    }

    // Whether these are rows that come out of a run, whose meaning was read when they came in.
    readonly bool readBefore;

    QualityValidation(Options options, EarlierReport? earlier, bool readBefore = false)
    {
        (this.options, this.earlier, this.readBefore) = (options, earlier, readBefore);
        checks =
        [
            .. options.Schema.Required is { Count: > 0 } required ? [new MissingColumns(required)] : Array.Empty<Check>(),
            .. options.Schema.AdditionalColumns ? Array.Empty<Check>() : [new UndeclaredColumns(options.Schema)],
            .. Check.Of(options),
            .. IsDeep ? [new DeepFindings(DeepOptions)] : Array.Empty<Check>(),
            .. options.Schema.Rules().Select(r => r.Rule).Concat(options.BusinessRules).Where(r => RuleCheck.Problem(r) is null).Select(RuleCheck.Of),
        ];
        keyed = [.. Enumerable.Range(0, checks.Length).Where(i => checks[i].IsKeyed)];
    }

    public sealed record Options
    {
        /// <summary>What the table must look like: required columns, or a whole declared schema with types, limits and keys.</summary>
        public SchemaDemand Schema { get; init; } = new();

        /// <summary>Rules of the business, as data: on values, across columns, across rows, and on the table.</summary>
        public IReadOnlyList<BusinessRule> BusinessRules { get; init; } = [];

        /// <summary>
        /// Reads rows with a language model and counts what contradicts itself, is nonsense or does not belong there; <c>deep</c> says how. Without a model the report says
        /// that it did not run, and the check contextual_outliers runs in its place. Default: false.
        /// </summary>
        public bool DeepAnalysis { get; init; }

        /// <summary>How <c>deep_analysis</c> asks: model, columns, rows, budget. Default: the configured model reads at most 1,000 different rows, with personal data masked.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public DeepOptions? Deep { get; init; }

        /// <summary>Gate: least score, 0 to 100. Default: no gate.</summary>
        [Range(0.0, 100.0)]
        public double? MinQualityScore { get; init; }

        /// <summary>Gate: refuse when a check of severity critical fails at all, whatever the score. Default: false.</summary>
        public bool FailOnCritical { get; init; }

        /// <summary>Gates of single checks: largest share of failures, 0 to 1, by the check's reason, for example <c>missing_value: 0.2</c>. Default: none.</summary>
        public IReadOnlyDictionary<string, double> MaxIssueRate { get; init; } = new Dictionary<string, double>();

        /// <summary>
        /// Checks of the table to run: missing, missing_patterns, duplicates, mixed_types, contextual_outliers, outliers, inconsistent_formats, invalid_values, pii, drift; or
        /// all. Default: missing, duplicates and mixed_types, which every run measures, so that scores of all versions can be compared. <c>sluice check</c> runs all.
        /// </summary>
        public IReadOnlyList<string> Checks { get; init; } = ["missing", "duplicates", "mixed_types"];

        /// <summary>How the check outliers finds far values. Default: beyond 3 interquartile ranges outside the quartiles.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public OutlierOptions? Outliers { get; init; }

        /// <summary>What the check drift compares with: <c>distributions</c> as <c>sluice check --json</c> prints them. Default: those of the dataset's version before, where there is one.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public Distributions? Baseline { get; init; }

        /// <summary>Columns that identify a row: duplicates are then rows with an earlier row's key. Default: whole rows are compared.</summary>
        public IReadOnlyList<string> KeyColumns { get; init; } = [];

        /// <summary>
        /// The check duplicates also counts rows that are similar to another, not only equal: least similarity, 0.5 to 1, as in <c>remove_duplicates</c>. Such rows are
        /// held in memory, 500,000 different ones at most. Default: equal rows only.
        /// </summary>
        [Range(0.5, 1.0)]
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public double? SimilarityThreshold { get; init; }

        /// <summary>Whether rows that fail a business rule are kept with evidence (flag) or taken out (reject). Default: flag.</summary>
        public ValidationMode Mode { get; init; } = ValidationMode.Flag;
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
        Checks = options.DeepAnalysis ? WithContext.Checks : options.Checks,
    }, earlier, readBefore: true);

    /// <summary>Whether a rule or check compares with the version before.</summary>
    internal bool LooksBack =>
        options.BusinessRules.Any(r => r.Type == RuleType.Historical) || (options.Baseline is null && checks.Any(c => c is DriftFromBaseline));

    /// <summary>The same checks, compared with a report on the version before.</summary>
    /// <param name="version">Its id.</param>
    /// <param name="report">Report on its rows.</param>
    internal QualityValidation Against(string version, JsonElement report) =>
        new(options, new EarlierReport(version, report.Deserialize<QualityReport>(StepJson.Options)!), readBefore);

    public override bool IsPassive => options.Mode == ValidationMode.Flag && !IsDeep;

    public override int CodeVersion => 2;

    public override bool IsKeyed => keyed.Length > 0;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        input = Own(input);
        for (var i = 0; i < options.Checks.Count; i++)
        {
            if (options.Checks[i] != Check.AllName && Check.All.All(c => c.Name != options.Checks[i]))
            {
                problems.Add($"checks[{i}]", $"'{options.Checks[i]}' is no check. There are: {string.Join(", ", Check.All.Select(c => c.Name))}; or all.");
            }
        }

        PlanRules(input, problems);
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

    void PlanRules(Schema input, StepProblems problems)
    {
        // A declared column that is not there is a finding, not a mistake of the pipeline: it is not looked for here.
        foreach (var (path, rule) in options.Schema.Rules())
        {
            if (RuleCheck.Problem(rule) is var (_, message))
            {
                problems.Add(path, message);
            }
        }

        for (var i = 0; i < options.BusinessRules.Count; i++)
        {
            var (rule, path) = (options.BusinessRules[i], $"business_rules[{i}]");
            if (RuleCheck.Problem(rule) is var (option, message))
            {
                problems.Add(option.Length == 0 ? path : $"{path}.{option}", message);
            }
            else if (rule.Type == RuleType.Expression)
            {
                foreach (var problem in new ExpressionRule(rule).Problems(input))
                {
                    problems.Add($"{path}.expression", problem);
                }
            }

            if (rule.Column is not null && problems.Column(input, $"{path}.column", rule.Column) && rule is { Type: RuleType.Freshness, AsOf: not null }
                && !Schemas.Unify.IsOpen(input[rule.Column]) && input[rule.Column].Type is not (ColumnType.Date or ColumnType.Timestamp))
            {
                problems.Add($"{path}.column", $"'{rule.Column}' is {input[rule.Column].Type.ToString().ToLowerInvariant()}; freshness needs a date or a timestamp. Put fix_types before this step.");
            }

            if (rule.TimeColumn is not null)
            {
                problems.Column(input, $"{path}.time_column", rule.TimeColumn);
            }

            for (var column = 0; column < (rule.Columns?.Count ?? 0); column++)
            {
                problems.Column(input, $"{path}.columns[{column}]", rule.Columns![column]);
            }
        }

        if (keyed.Length > MostKeyed)
        {
            problems.Add("business_rules", $"duplicates and the rules unique, denial and time_series are {keyed.Length} together; a step can have {MostKeyed}. Put the others into a second quality_validation.");
        }
    }

    IEnumerable<string> Reasons() => new[] { MissingColumns.Reason }.Concat(checks.SelectMany(c => c.Reasons)).Distinct();

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => options.Mode == ValidationMode.Flag
        ? wanted
        : wanted.Union(checks.SelectMany(c => c.Columns).Where(input.Has)).ToHashSet(StringComparer.Ordinal);

    public override State NewState(Schema input) => new QualityState(Own(input), checks);

    public override void Observe(Batch batch, State state)
    {
        var seen = (QualityState)state;
        var rows = Own(batch);
        seen.Rows += batch.Rows;
        for (var i = 0; i < seen.Columns.Length; i++)
        {
            seen.Columns[i].Observe(batch[seen.Schema[i].Name]);
        }

        for (var i = 0; i < checks.Length; i++)
        {
            if (seen.Checks[i] is { } own)
            {
                checks[i].Observe(checks[i] is DeepFindings ? batch : rows, own);
            }
        }
    }

    /// <summary>The keys of each keyed check, one check after another.</summary>
    public override RowKey[] Keys(Batch batch) => KeysOf(Own(batch));

    RowKey[] KeysOf(Batch batch) => keyed.Length == 1
        ? checks[keyed[0]].Keys(batch, 0)
        : [.. keyed.SelectMany((check, family) => checks[check].Keys(batch, (ulong)family))];

    /// <summary>Lets each keyed check walk over its keys; a row's decision has a bit for each that it fails.</summary>
    public override object Decide(KeyedRows rows, Decisions decisions)
    {
        var decided = new object?[checks.Length];
        for (var i = 0; i < keyed.Length; i++)
        {
            var bit = (byte)(1 << i);
            var own = keyed.Length == 1 ? rows : new KeyFamily(rows, decisions, i);
            decided[keyed[i]] = checks[keyed[i]].Decide(own, row => decisions.Mark(row.Batch, row.Row, bit));
        }

        return decided;
    }

    /// <summary>Evidence depends on the types that columns should have and on what checks learned, not on counts.</summary>
    public override string ApplyKey(Fitted fitted)
    {
        var report = fitted.As<QualityReport>();
        var types = report.Types.Where(t => t.Misfits > 0).Select(t => $"{t.Type} {t.Column}");
        return string.Join('\n', types.Concat(report.Learned?.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key} {l.Value.GetRawText()}") ?? []));
    }

    public override string? GateFailure(Fitted fitted) =>
        fitted.As<QualityReport>().GateFailures is { Count: > 0 } failures ? string.Join(" ", failures) : null;

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var report = fitted.As<QualityReport>();
        batch = Own(batch);
        for (var i = 0; i < checks.Length; i++)
        {
            var bit = (byte)(1 << Math.Max(0, Array.IndexOf(keyed, i)));
            JsonElement? learned = report.Learned?.TryGetValue(NameOf(checks[i]), out var json) == true ? json : null;
            checks[i].Apply(new Judged(batch, report, learned, fitted.Decisions, bit, options.Mode == ValidationMode.Reject, verdicts));
        }

        return verdicts.Keep(batch);
    }

    /// <summary>The keys of one of several checks, with the rows they belong to.</summary>
    sealed class KeyFamily(KeyedRows all, Decisions decisions, int family) : KeyedRows
    {
        public override long Count => all.Count;

        public override IEnumerator<KeyedRow> GetEnumerator()
        {
            foreach (var row in all)
            {
                var rows = decisions.RowsOf(row.Batch);
                if (row.Row / rows == family)
                {
                    yield return row with { Row = row.Row % rows };
                }
            }
        }
    }
}
