using System.ComponentModel.DataAnnotations;

namespace Sluice.Joins;

/// <summary>Which rows a join keeps.</summary>
public enum JoinKind
{
    /// <summary>Rows with a match. Others are rejected as <c>no_match</c>.</summary>
    Inner,

    /// <summary>All rows; those without a match have no values in the table's columns.</summary>
    Left,

    /// <summary>Rows with a match, and after them the table's rows that nothing matched.</summary>
    Right,

    /// <summary>All rows, and after them the table's rows that nothing matched.</summary>
    Outer,
}

public sealed partial class Join
{
    public sealed record Options : ITableOptions, IValidatableObject
    {
        /// <summary>
        /// Files of the other table, as a file_path: CSV, JSON lines, Parquet or Excel by their extension. They are an input of the run by content. Give this or
        /// <c>dataset</c>. Default: none.
        /// </summary>
        public string? File { get; init; }

        /// <summary>Dataset whose newest version is the other table, or the one that <c>version</c> states. With two steps in <c>depends_on</c> it is what the second gives. Default: none.</summary>
        public string? Dataset { get; init; }

        /// <summary>Id of the version, such as v-0123456789abcdef: a version never changes, so neither does the join. Default: the newest when the run starts.</summary>
        public string? Version { get; init; }

        /// <summary>Key columns of the rows. Rows match when all their keys are equal; a missing value equals nothing.</summary>
        [MinLength(1)]
        public required IReadOnlyList<string> On { get; init; }

        /// <summary>Key columns of the table, in the order of <c>on</c>. Default: the same names.</summary>
        public IReadOnlyList<string> TableOn { get; init; } = [];

        /// <summary><c>inner</c>, <c>left</c>, <c>right</c> or <c>outer</c>. A row with several matches comes out once for each, in the order of the table. Default: inner.</summary>
        public JoinKind How { get; init; } = JoinKind.Inner;

        /// <summary>Columns of the table to add. Default: all but its keys.</summary>
        public IReadOnlyList<string> Columns { get; init; } = [];

        /// <summary>Put behind the name of a table's column that the rows have already. Default: _right.</summary>
        [MinLength(1)]
        public string Suffix { get; init; } = "_right";

        /// <summary>Matches that one row may have; a row with more is rejected as <c>too_many_matches</c>. Default: 1000.</summary>
        [Range(1, 1_000_000)]
        public int MaxMatches { get; init; } = 1_000;

        /// <summary>MiB that the table may take in memory; a larger one is refused before the run. Default: 512.</summary>
        [Range(1, 65_536)]
        public int MaxTableMb { get; init; } = 512;

        /// <summary>One table, and as many keys on both sides.</summary>
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
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
}
