using System.ComponentModel.DataAnnotations;
using Sluice.Steps;

namespace Sluice.Privacy.Anonymity;

/// <summary>Measures k, l and t of the table as it is, changes nothing, and refuses when less than demanded: a check after <c>k_anonymity</c>, or of foreign data.</summary>
[Step("anonymity_check")]
public sealed class AnonymityCheck(AnonymityCheck.Options options) : Step
{
    public sealed record Options
    {
        /// <summary>Columns that together can tell who a row is of.</summary>
        [MinLength(1)]
        public required IReadOnlyList<string> QuasiIdentifiers { get; init; }

        /// <summary>Column that must not be learnt of a person. Default: none.</summary>
        public string? Sensitive { get; init; }

        /// <summary>Gate: least rows of a group. Default: no gate.</summary>
        [Range(1, 1_000_000)]
        public int? MinK { get; init; }

        /// <summary>Gate: least number of different sensitive values in a group. Default: no gate.</summary>
        [Range(1, 10_000)]
        public int? MinL { get; init; }

        /// <summary>Gate: largest distance of a group's sensitive values from those of the table. Default: no gate.</summary>
        [Range(0.0, 1.0)]
        public double? MaxT { get; init; }

        /// <summary>Most different combinations of quasi-identifiers that are kept in memory. Default: 1,000,000.</summary>
        [Range(1, 50_000_000)]
        public int MaxGroups { get; init; } = 1_000_000;
    }

    public override bool IsPassive => true;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        for (var i = 0; i < options.QuasiIdentifiers.Count; i++)
        {
            problems.Column(input, $"quasi_identifiers[{i}]", options.QuasiIdentifiers[i]);
        }

        if (options.Sensitive is { } sensitive)
        {
            problems.Column(input, "sensitive", sensitive);
        }
        else if (options.MinL is not null || options.MaxT is not null)
        {
            problems.Add("sensitive", "min_l and max_t are about a sensitive column. Name it, or leave them out.");
        }

        return input;
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted;

    public override State? NewState(Schema input) => new GroupState(options.MaxGroups);

    public override IReadOnlySet<string>? Observes(Schema input) =>
        options.QuasiIdentifiers.Concat(options.Sensitive is { } sensitive ? [sensitive] : []).ToHashSet(StringComparer.Ordinal);

    public override void Observe(Batch batch, State state)
    {
        var columns = options.QuasiIdentifiers.Select(name => batch[name]).ToArray();
        var sensitive = options.Sensitive is { } name ? batch[name] : null;
        for (var row = 0; row < batch.Rows; row++)
        {
            ((GroupState)state).Add(GroupState.Key(columns, row), sensitive?.Display(row) ?? "", 1);
        }
    }

    public override byte[] Fit(State? state, object? decided)
    {
        var groups = ((GroupState)state!).Groups.Values.ToList();
        return Fitted.Of(Demand.Measure(groups, new Distance(groups)));
    }

    public override string ApplyKey(Fitted fitted) => "";

    public override string? GateFailure(Fitted fitted)
    {
        var measure = fitted.As<AnonymityMeasure>();
        return measure.Rows == 0 ? null
            : measure.K < options.MinK ? $"anonymity_check: the smallest group has {measure.K} rows; expected at least {options.MinK}. Run k_anonymity before."
            : measure.L < options.MinL ? $"anonymity_check: a group has {measure.L} different values of '{options.Sensitive}'; expected at least {options.MinL}. Run k_anonymity with l before."
            : measure.T > options.MaxT ? FormattableString.Invariant($"anonymity_check: a group's '{options.Sensitive}' is {measure.T:0.###} from the table's; expected at most {options.MaxT}. Run k_anonymity with t before.")
            : null;
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts) => batch;
}
