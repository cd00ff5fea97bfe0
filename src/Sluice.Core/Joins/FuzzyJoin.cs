using System.ComponentModel.DataAnnotations;
using Sluice.Llm.RowSets;
using Sluice.Steps;

namespace Sluice.Joins;

/// <summary>Which of a row's matches a fuzzy join keeps.</summary>
public enum FuzzyMatches
{
    /// <summary>The most similar one; of several such, the first of the table.</summary>
    Best,

    /// <summary>As best, and a row of the table goes to one row only: the most similar pairs are taken first.</summary>
    OneToOne,

    /// <summary>All: the row comes out once for each, the most similar first.</summary>
    All,
}

/// <summary>What becomes of a row without a match.</summary>
public enum FuzzyJoinKind
{
    /// <summary>It is rejected as <c>no_match</c>.</summary>
    Inner,

    /// <summary>It stays, without values in the table's columns.</summary>
    Left,
}

/// <summary>
/// Joins the rows with a second table by what is written alike. Candidates share rare words; pairs that are very similar match, pairs that are not do not, and for those between a
/// language model says whether both are the same thing. Without a model <c>similarity_threshold</c> decides these, with evidence. The table is kept in memory, and so is the text of the rows' different
/// keys. How many pairs the search for candidates misses is measured on a sample and stands in the version. Pairs that did not match are evidence: <c>not_same</c>, <c>not_best</c>.
/// </summary>
[Step("fuzzy_join")]
public sealed class FuzzyJoin(FuzzyJoin.Options options) : StepGroup
{
    public sealed record Options : PairOptions, ITableOptions
    {
        /// <summary>
        /// Files of the other table, as a file_path: CSV, JSON lines, Parquet or Excel by their extension. They are an input of the run by content. Give this or
        /// <c>dataset</c>. Default: none.
        /// </summary>
        public string? File { get; init; }

        /// <summary>Dataset whose newest version is the other table, or the one that <c>version</c> states. With two steps in <c>depends_on</c> it is what the second gives. Default: none.</summary>
        public string? Dataset { get; init; }

        /// <summary>Id of the version, such as v-0123456789abcdef. Default: the newest when the run starts.</summary>
        public string? Version { get; init; }

        /// <summary>Columns of the rows that are compared. A row where all are missing matches nothing.</summary>
        [MinLength(1)]
        public required IReadOnlyList<string> On { get; init; }

        /// <summary>Columns of the table to compare them with, in the order of <c>on</c>. Default: the same names.</summary>
        public IReadOnlyList<string> TableOn { get; init; } = [];

        /// <summary><c>inner</c> or <c>left</c>: whether rows without a match are rejected or stay. Default: inner.</summary>
        public FuzzyJoinKind How { get; init; } = FuzzyJoinKind.Inner;

        /// <summary><c>best</c>, <c>one_to_one</c> or <c>all</c>: which of a row's matches are kept. Default: best.</summary>
        public FuzzyMatches Matches { get; init; } = FuzzyMatches.Best;

        /// <summary>Columns of the table to add. Default: all; a compared one with the name of a column of the rows gets <c>suffix</c>.</summary>
        public IReadOnlyList<string> TableColumns { get; init; } = [];

        /// <summary>Put behind the name of a table's column that the rows have already. Default: _right.</summary>
        [MinLength(1)]
        public string Suffix { get; init; } = "_right";

        /// <summary>Column that gets the similarity of the match, 0 to 1. Default: match_score.</summary>
        [MinLength(1)]
        public string ScoreColumn { get; init; } = "match_score";

        /// <summary>Rows of the table that one row may be paired with, where the table has rows of equal text; a row with more is rejected as <c>too_many_matches</c>. Default: 1000.</summary>
        [Range(1, 4_000)]
        public int MaxMatches { get; init; } = 1_000;

        /// <summary>MiB that the table may take in memory; a larger one is refused before the run. Default: 512.</summary>
        [Range(1, 65_536)]
        public int MaxTableMb { get; init; } = 512;

        /// <summary>One table, as many columns on both sides, and similarities in their order.</summary>
        public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            foreach (var problem in base.Validate(validationContext))
            {
                yield return problem;
            }

            if (!TableReference.IsNamedOnce(this))
            {
                yield return new ValidationResult("The other table is named once: either 'file', or 'dataset' with or without 'version', or as the second step in 'depends_on'.", [nameof(File)]);
            }

            if (TableOn.Count > 0 && TableOn.Count != On.Count)
            {
                yield return new ValidationResult($"'table_on' has {TableOn.Count} columns and 'on' has {On.Count}. Name one for each.", [nameof(TableOn)]);
            }
        }
    }

    public override IReadOnlyList<Step> Expand() => [new FuzzyPairs(options), new SamePairs(options), new FuzzyChoice(options)];
}
