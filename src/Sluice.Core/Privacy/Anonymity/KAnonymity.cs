using System.ComponentModel.DataAnnotations;
using System.Text;
using Sluice.Steps;

namespace Sluice.Privacy.Anonymity;

/// <summary>
/// Makes every row one of at least k that look the same in their quasi-identifiers, by making values coarser and leaving out few rows; on demand with
/// l different sensitive values in each group (l-diversity), and close to the whole table (t-closeness). What comes out is measured again.
/// </summary>
[Step("k_anonymity", Aliases = ["anonymize"])]
public sealed class KAnonymity(KAnonymity.Options options) : Step
{
    const int MaxCombinations = 20_000;

    public sealed record Options
    {
        /// <summary>Columns that together can tell who a row is of. At most 8.</summary>
        [Length(1, 8)]
        public required IReadOnlyList<QuasiIdentifier> QuasiIdentifiers { get; init; }

        /// <summary>full_domain (every value of a column to one level), mondrian or mondrian_relaxed (each part of the table as fine as it can be). Default: full_domain.</summary>
        public AnonymityMethod Method { get; init; }

        /// <summary>Least rows of a group. Default: 5.</summary>
        [Range(2, 1_000_000)]
        public int K { get; init; } = 5;

        /// <summary>Column that must not be learnt of a person: diagnosis, salary. Default: none.</summary>
        public string? Sensitive { get; init; }

        /// <summary>Least number of different sensitive values in a group. Default: 1, no demand.</summary>
        [Range(1, 10_000)]
        public int L { get; init; } = 1;

        /// <summary>What l counts: distinct, entropy or recursive (with c). Default: distinct.</summary>
        public Diversity Diversity { get; init; }

        /// <summary>For recursive diversity: the most frequent value occurs less than c times as often as the l-th and rarer ones together. Default: 3.</summary>
        [Range(0.0, 1_000_000.0, MinimumIsExclusive = true)]
        public double C { get; init; } = 3;

        /// <summary>For t: levels of the sensitive values, one mapping per level, from the values of the table to coarser ones. Default: numbers by rank, others equally far.</summary>
        public IReadOnlyList<IReadOnlyDictionary<string, string>> SensitiveLevels { get; init; } = [];

        /// <summary>Largest distance (earth mover's) of a group's sensitive values from those of the table, 0 to 1. Default: no demand.</summary>
        [Range(0.0, 1.0)]
        public double? T { get; init; }

        /// <summary>Largest share of rows that may be left out, 0 to 1. Mondrian leaves none out. Default: 0.05.</summary>
        [Range(0.0, 1.0)]
        public double MaxSuppressed { get; init; } = 0.05;

        /// <summary>Mondrian: most parts that the table is cut into; larger parts are cut first. Default: 10,000.</summary>
        [Range(1, 100_000)]
        public int MaxParts { get; init; } = 10_000;

        /// <summary>Most different combinations of quasi-identifiers that are kept in memory. Default: 1,000,000.</summary>
        [Range(1, 50_000_000)]
        public int MaxGroups { get; init; } = 1_000_000;
    }

    /// <summary>What was fitted. Without a plan the gate refuses.</summary>
    /// <param name="Plan">Levels or cuts, and what is left out; null when none meet the demand.</param>
    /// <param name="Types">Types of the quasi-identifiers as they came.</param>
    public sealed record Outcome(AnonymityPlan? Plan, IReadOnlyList<ColumnType> Types);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        var output = input;
        var combinations = 1.0;
        for (var i = 0; i < options.QuasiIdentifiers.Count; i++)
        {
            var column = options.QuasiIdentifiers[i];
            if (problems.Column(input, $"quasi_identifiers[{i}].column", column.Column))
            {
                output = output.With(new Field(column.Column, ColumnType.Text));
                combinations *= new Ladder(column, input[column.Column].Type).Top + 1;
            }

            if (column.Coarsening == Coarsening.Levels && column.Levels.Count == 0)
            {
                problems.Add($"quasi_identifiers[{i}].levels", "Coarsening by levels needs at least one level: a mapping of each value to a coarser one.");
            }

            if (options.QuasiIdentifiers.Take(i).Any(other => other.Column == column.Column) || column.Column == options.Sensitive)
            {
                problems.Add($"quasi_identifiers[{i}].column", $"Column '{column.Column}' is named twice. A column is a quasi-identifier once, or sensitive.");
            }
        }

        if (combinations > MaxCombinations && options.Method == AnonymityMethod.FullDomain)
        {
            problems.Add("quasi_identifiers", $"These columns have {combinations:N0} combinations of levels; at most {MaxCombinations:N0} are tried. Name fewer columns, give some 'coarsening: suppress', or use method: mondrian.");
        }

        if (options.Sensitive is { } sensitive)
        {
            problems.Column(input, "sensitive", sensitive);
        }
        else if (options.L > 1 || options.T is not null)
        {
            problems.Add("sensitive", "l and t are about a sensitive column. Name it, or leave them out.");
        }

        return output;
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted.Union(Names).ToHashSet(StringComparer.Ordinal);

    IEnumerable<string> Names => options.QuasiIdentifiers.Select(column => column.Column);

    public override State? NewState(Schema input) => new GroupState(options.MaxGroups);

    // The types of the columns are needed too, so that what was fitted stands alone.
    public override IReadOnlySet<string>? Observes(Schema input) =>
        Names.Concat(options.Sensitive is { } sensitive ? [sensitive] : []).ToHashSet(StringComparer.Ordinal);

    public override void Observe(Batch batch, State state)
    {
        var groups = (GroupState)state;
        var columns = Names.Select(name => batch[name]).ToArray();
        var sensitive = options.Sensitive is { } name ? batch[name] : null;
        for (var row = 0; row < batch.Rows; row++)
        {
            groups.Add(TypedKey(columns, row), sensitive?.Display(row) ?? "", 1);
        }
    }

    // The first part of a key says the types, one digit each.
    static string TypedKey(Column[] columns, int row) =>
        string.Concat(columns.Select(column => (int)column.Type)) + GroupState.Separator + GroupState.Key(columns, row);

    public override byte[] Fit(State? state, object? decided)
    {
        var typed = ((GroupState)state!).Groups;
        var digits = typed.Keys.FirstOrDefault() is { } first ? first[..first.IndexOf(GroupState.Separator)] : new string('0', options.QuasiIdentifiers.Count);
        ColumnType[] types = [.. digits.Select(digit => (ColumnType)(digit - '0'))];
        var groups = new GroupState(options.MaxGroups);
        foreach (var (key, values) in typed)
        {
            foreach (var (value, rows) in values)
            {
                groups.Add(key[(key.IndexOf(GroupState.Separator) + 1)..], value, rows);
            }
        }

        var ladders = Ladders(types);
        var plan = options.Method == AnonymityMethod.FullDomain
            ? new LevelSearch(ladders, Demand, options.MaxSuppressed).Find(groups)
            : new Mondrian(ladders, Demand, options.Method == AnonymityMethod.MondrianRelaxed, options.MaxParts).Find(groups);
        return Fitted.Of(new Outcome(plan, types));
    }

    Demand Demand => new(options.K, options.L, options.T) { Diversity = options.Diversity, C = options.C, Levels = options.SensitiveLevels };

    Ladder[] Ladders(IReadOnlyList<ColumnType> types) => [.. options.QuasiIdentifiers.Select((column, i) => new Ladder(column, types[i]))];

    public override string ApplyKey(Fitted fitted) => fitted.As<Outcome>().Plan is { } plan ? Encoding.UTF8.GetString(Fitted.Of(new { plan.Levels, plan.Cuts, plan.Suppressed })) : "";

    public override string? GateFailure(Fitted fitted) => fitted.As<Outcome>().Plan is not null
        ? null
        : $"k_anonymity: no {(options.Method == AnonymityMethod.FullDomain ? "levels give" : "parts have")} k = {options.K}, l = {options.L}{(options.T is { } t ? $", t = {t}" : "")}"
            + (options.Method == AnonymityMethod.FullDomain ? $" with at most {options.MaxSuppressed:P0} of the rows left out. Lower the demand, raise max_suppressed, or name fewer quasi-identifiers."
                : ": not even the table as a whole does. Lower the demand.");

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var (plan, types) = (fitted.As<Outcome>().Plan, fitted.As<Outcome>().Types);
        var ladders = Ladders(types);
        var columns = Names.Select(name => batch[name]).ToArray();
        var told = Told(plan, ladders);
        TextBuilder[] builders = [.. columns.Select(_ => new TextBuilder(batch.Rows))];
        var changed = new int[columns.Length];
        var rule = plan is null or { Cuts.Count: 0, Suppressed.Count: 0 } ? -1 : verdicts.Rule("not_anonymous", null, Severity.High, rejects: true);
        for (var row = 0; row < batch.Rows; row++)
        {
            var labels = told(GroupState.Key(columns, row));
            if (labels is null)
            {
                verdicts.Fail(rule, row);
            }

            for (var i = 0; i < columns.Length; i++)
            {
                var value = labels is null ? Ladder.Nothing : labels[i];
                changed[i] += columns[i].Display(row) == value ? 0 : 1;
                if (value.Length == 0)
                {
                    builders[i].AppendNull();
                }
                else
                {
                    builders[i].Append(Encoding.UTF8.GetBytes(value));
                }
            }
        }

        var result = batch;
        for (var i = 0; i < columns.Length; i++)
        {
            result = result.With(new Field(options.QuasiIdentifiers[i].Column, ColumnType.Text), builders[i].Build());
            verdicts.Change("k_anonymity", options.QuasiIdentifiers[i].Column, changed[i]);
        }

        return verdicts.Keep(result);
    }

    // What is told of a row by its key; null of one that is left out. Without a plan the gate has refused: what is written as evidence tells nothing.
    static Func<string, IReadOnlyList<string>?> Told(AnonymityPlan? plan, Ladder[] ladders)
    {
        if (plan is { Cuts.Count: > 0 })
        {
            var tree = new CutTree(plan.Cuts, ladders);
            return tree.LabelsOf;
        }

        var levels = plan?.Levels ?? [.. ladders.Select(ladder => ladder.Top)];
        var suppressed = plan?.Suppressed.ToHashSet(StringComparer.Ordinal);
        return key => LevelSearch.KeyAt(ladders, key, levels) is var coarse && suppressed?.Contains(coarse) == true ? null : coarse.Split(GroupState.Separator);
    }
}
