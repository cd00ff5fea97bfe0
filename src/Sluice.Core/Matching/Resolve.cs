using System.ComponentModel.DataAnnotations;
using Sluice.Llm.RowSets;
using Sluice.Steps;

namespace Sluice.Matching;

/// <summary>Which values stand for all rows of an entity.</summary>
public enum CanonicalValue
{
    /// <summary>In each column the value that most of its rows have; of several such the longest, then the first in byte order.</summary>
    Most,

    /// <summary>Those of its first row.</summary>
    First,

    /// <summary>Those of the row with the fewest missing values; of several such, the first.</summary>
    Best,

    /// <summary>Those of the row with the greatest value in <c>latest_by</c>; of several such, the first.</summary>
    Latest,

    /// <summary>Those that a language model makes of all ways in which it is written; without a model, as most.</summary>
    Ask,
}

/// <summary>
/// Finds rows that mean the same thing and writes them alike: each row stays and gets the id of its entity, and in the columns <c>on</c> the values that stand for it.
/// Candidates share rare words; pairs that are very similar are the same, pairs that are not are different, and for those between a language model is asked. Without a model
/// <c>similarity_threshold</c> decides these, with evidence. What is the same as a third is the same, unless the model said of two rows that they are not: then the less similar pair
/// that would join them is dropped, with evidence (<c>contradiction</c>). How many pairs the search for candidates misses is measured on a sample and stands in the version. One row of each entity
/// is left by <c>remove_duplicates</c> with the column of ids as its key. Each pair that was judged counts as a row that was made and rejected, by what was said of it; no row of the table goes.
/// </summary>
[Step("resolve", Aliases = ["resolve_entities"])]
public sealed class Resolve(Resolve.Options options) : StepGroup
{
    public sealed record Options : PairOptions
    {
        /// <summary>Columns that are compared, and that get the values of the entity. A row where all are missing is nobody's match.</summary>
        [MinLength(1)]
        public required IReadOnlyList<string> On { get; init; }

        /// <summary><c>most</c>, <c>first</c>, <c>best</c>, <c>latest</c> or <c>ask</c>: which values stand for the rows of an entity. A missing one replaces none. Default: most.</summary>
        public CanonicalValue Canonical { get; init; } = CanonicalValue.Most;

        /// <summary>For <c>canonical: latest</c>: the column, of numbers, dates, times or sortable text, whose greatest value is the latest; missing is the least. Default: none.</summary>
        public string? LatestBy { get; init; }

        /// <summary>For <c>canonical: ask</c>: advice for the model on what the values should look like. Default: none.</summary>
        public string CanonicalPrompt { get; init; } = "";

        /// <summary>Column that gets the id of the entity: 16 hex digits made of the rows' values, whatever their order. Default: entity_id.</summary>
        [MinLength(1)]
        public string EntityColumn { get; init; } = "entity_id";

        /// <summary>Columns whose values make rows different here.</summary>
        internal IReadOnlyList<string> Looked => [.. Sent(On).Concat(Canonical == CanonicalValue.Latest && LatestBy is { } by ? [by] : []).Distinct(StringComparer.Ordinal)];

        /// <summary>Latest needs a column.</summary>
        public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            foreach (var problem in base.Validate(validationContext))
            {
                yield return problem;
            }

            if (Canonical == CanonicalValue.Latest != LatestBy is not null)
            {
                yield return new ValidationResult("'latest_by' belongs to canonical: latest, which needs it. Name a column, or choose another.", [nameof(LatestBy)]);
            }
        }
    }

    public override IReadOnlyList<Step> Expand()
    {
        Step[] parts = [new EntityPairs(options), new SamePairs(options), new Entities(options)];
        return options.Canonical == CanonicalValue.Ask ? [.. parts, new CanonicalAnswer(options)] : parts;
    }
}
