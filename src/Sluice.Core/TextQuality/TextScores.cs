namespace Sluice.TextQuality;

/// <summary>The four scores of a text, each from 0 to 1.</summary>
/// <param name="Coherence">How its sentences hold together.</param>
/// <param name="Factuality">How little in it is hedged or cannot be true.</param>
/// <param name="Diversity">How little it repeats itself.</param>
/// <param name="Utility">How dense, long, readable and clean it is.</param>
readonly record struct TextScores(double Coherence, double Factuality, double Diversity, double Utility)
{
    /// <summary>Scores have six digits, so that they are summed as whole millionths.</summary>
    public const int Digits = 6;

    /// <summary>As columns and reports name them.</summary>
    public static readonly string[] Names = ["coherence_score", "factuality_score", "diversity_score", "utility_score"];

    public double this[int number] => number switch { 0 => Coherence, 1 => Factuality, 2 => Diversity, _ => Utility };
}

/// <summary>Scores texts one after another, by what is in each alone. Not for several threads at once.</summary>
sealed class TextScorer(int minWords, int maxWords)
{
    readonly TextPieces pieces = new();
    readonly Cohesion cohesion = new();
    readonly Facts facts = new();
    readonly Variety variety = new();
    readonly Usefulness usefulness = new(minWords, maxWords);

    /// <summary>Null for a text without a word.</summary>
    public TextScores? Score(ReadOnlySpan<byte> text)
    {
        pieces.Read(text);
        return pieces.Words.Count == 0
            ? null
            : new TextScores(Round(cohesion.Of(pieces)), Round(facts.Of(pieces, text)), Round(variety.Of(pieces)), Round(usefulness.Of(pieces)));
    }

    static double Round(double score) => Math.Round(Math.Clamp(score, 0, 1), TextScores.Digits);
}
