namespace Sluice.Matching;

/// <summary>How two rows are judged.</summary>
public enum MatchMethod
{
    /// <summary>By the weighted mean of their columns' similarities: the same two rows score the same in any table.</summary>
    Similar,

    /// <summary>By the probability that they mean the same thing, learned without labels from how the table's own rows agree and differ.</summary>
    Learned,
}

/// <summary>What to compare, how, and within which limits.</summary>
public sealed record MatchOptions
{
    /// <summary>Columns to compare. Default: all; of more than 64, those with the most different values.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>For <see cref="MatchMethod.Similar"/>: weights of columns in the mean; 1 for one that is not named, 0 leaves it out.</summary>
    public IReadOnlyDictionary<string, double> Weights { get; init; } = new Dictionary<string, double>();

    public MatchMethod Method { get; init; } = MatchMethod.Learned;

    /// <summary>Least score, 0 to 1, of the pairs that are returned. Null: for learned scores where the expected F1 is greatest, for similarities 0.85.</summary>
    public double? Threshold { get; init; }

    /// <summary>Whether a row has at most one partner in the other table: then the best pairs are taken first.</summary>
    public bool OneToOne { get; init; }

    /// <summary>Rows that a row is compared with, at most: those that share the rarest words with it.</summary>
    public int MaxCandidates { get; init; } = 10;

    /// <summary>A word, or the beginning or end of one, that more rows have says too little to find candidates by.</summary>
    public int MaxBlock { get; init; } = 500;

    /// <summary>Pairs that are learned from, at most.</summary>
    public int MaxTrainingPairs { get; init; } = 60_000;
}

/// <summary>Two rows that were compared.</summary>
/// <param name="Left">Row of the left table, or the earlier row of the one table.</param>
/// <param name="Right">Row of the right table, or the later row.</param>
/// <param name="Score">Similarity or probability, 0 to 1.</param>
/// <param name="Similarities">Similarity of each compared column; NaN where a value is missing.</param>
public sealed record MatchedPair(int Left, int Right, double Score, IReadOnlyList<float> Similarities);

/// <summary>Pairs that reach the threshold, the surest first, and how they were found.</summary>
/// <param name="Pairs">The pairs.</param>
/// <param name="Columns">Names of the compared columns.</param>
/// <param name="Method">How they were judged: by similarity, too, where no matches stood out from chance and there was nothing to learn from.</param>
/// <param name="Threshold">Least score.</param>
/// <param name="Candidates">Pairs that were compared.</param>
/// <param name="ExpectedPrecision">Mean score of the pairs, which is the share of right ones as far as the probabilities are right; null for similarities.</param>
public sealed record MatchResult(IReadOnlyList<MatchedPair> Pairs, IReadOnlyList<string> Columns, MatchMethod Method, double Threshold, long Candidates, double? ExpectedPrecision);
