using Sluice.Steps;

namespace Sluice.TextQuality;

/// <summary>Sums of scores in whole millionths, so that they do not depend on the order.</summary>
sealed class ScoreSums : State
{
    const double Scale = 1_000_000;
    readonly long[] sums = new long[TextScores.Names.Length];
    readonly long[] counts = new long[TextScores.Names.Length];

    public long Rows { get; set; }

    public void Add(TextScores? scores)
    {
        for (var i = 0; i < sums.Length && scores is { } found; i++)
        {
            Add(i, found[i]);
        }
    }

    public void Add(double[][] scores, int row)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            if (scores[i].Length > 0 && double.IsFinite(scores[i][row]))
            {
                Add(i, scores[i][row]);
            }
        }
    }

    public TextQualityReport Report() => new(Rows, counts.Max(), Mean(0), Mean(1), Mean(2), Mean(3));

    void Add(int score, double value)
    {
        sums[score] += (long)Math.Round(value * Scale);
        counts[score]++;
    }

    double? Mean(int score) => counts[score] == 0 ? null : Math.Round(sums[score] / Scale / counts[score], TextScores.Digits);

    public override void Merge(State other)
    {
        var theirs = (ScoreSums)other;
        Rows += theirs.Rows;
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] += theirs.sums[i];
            counts[i] += theirs.counts[i];
        }
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(Rows);
        Array.ForEach(sums, writer.Write);
        Array.ForEach(counts, writer.Write);
    }

    public override void Read(BinaryReader reader)
    {
        Rows = reader.ReadInt64();
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] = reader.ReadInt64();
        }

        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = reader.ReadInt64();
        }
    }
}

/// <summary>Means of the scores of a set of texts; null where no text has any.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Texts">Those with scores.</param>
/// <param name="CoherenceScore">How sentences hold together.</param>
/// <param name="FactualityScore">How little is hedged or cannot be true.</param>
/// <param name="DiversityScore">How little texts repeat themselves.</param>
/// <param name="UtilityScore">How dense, long, readable and clean they are.</param>
public sealed record TextQualityReport(long Rows, long Texts, double? CoherenceScore, double? FactualityScore, double? DiversityScore, double? UtilityScore);
