using System.ComponentModel.DataAnnotations;

namespace Sluice.Llm.RowSets;

/// <summary>Options of steps that ask whether two rows are the same thing.</summary>
public abstract record PairOptions : AskOptions
{
    /// <summary>Advice on when two rows are the same thing, for the model; <c>{{ column }}</c> names a column that is compared or sent. Default: none.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>Columns that are sent with each row of a pair, where it has them, besides those that are compared and those that the prompt names. Default: none.</summary>
    public override IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Similarity, 0 to 1, below which two rows are different and nobody is asked. Default: 0.6.</summary>
    [Range(0.0, 1.0)]
    public double UnsureFrom { get; init; } = 0.6;

    /// <summary>Similarity, 0 to 1, from which two rows are the same and nobody is asked. Default: 0.95.</summary>
    [Range(0.0, 1.0)]
    public double SureFrom { get; init; } = 0.95;

    /// <summary>Similarity, 0 to 1, from which two rows are the same where no model answered, or there is none. Default: 0.85.</summary>
    [Range(0.0, 1.0)]
    public double SimilarityThreshold { get; init; } = 0.85;

    /// <summary>Rows that a row is compared with, at most: those that share the rarest words, or beginnings and ends of words, with it. Default: 10.</summary>
    [Range(1, 50)]
    public int MaxCandidates { get; init; } = 10;

    /// <summary>Different rows that are held in memory and compared; a table with more stops the run. Default: 500,000.</summary>
    [Range(1, 5_000_000)]
    public int MaxRows { get; init; } = 500_000;

    /// <summary>
    /// Rows that are also compared with all others, drawn by their content, to measure how many pairs the search for candidates misses; what they find is used. Fewer
    /// in large tables, so that it is a million comparisons at most. 0: none, and nothing is measured. Default: 200.
    /// </summary>
    [Range(0, 10_000)]
    public int RecallSample { get; init; } = 200;

    /// <summary>The three similarities in their order.</summary>
    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => UnsureFrom <= SimilarityThreshold && SimilarityThreshold <= SureFrom
        ? base.Validate(validationContext)
        : base.Validate(validationContext).Append(new ValidationResult("Expected unsure_from <= similarity_threshold <= sure_from.", [nameof(SimilarityThreshold)]));

    /// <summary>The options of asking alone: the columns are in the set of rows.</summary>
    internal AskOptions OfSets => this with { Columns = [] };

    /// <summary>Columns that are sent: those compared, those the prompt names and those of <c>columns</c>.</summary>
    internal IReadOnlyList<string> Sent(IEnumerable<string> compared) =>
        [.. compared.Concat(new PromptTemplate(Prompt).Columns).Concat(Columns).Distinct(StringComparer.Ordinal)];
}
