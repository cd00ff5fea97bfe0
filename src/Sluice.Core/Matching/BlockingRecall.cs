using System.Globalization;
using Sluice.Llm.Prompts;
using Sluice.Steps;

namespace Sluice.Matching;

/// <summary>How many of the pairs that are the same the search for candidates finds, measured on the rows that were compared with all others.</summary>
/// <param name="Pairs">Pairs of the sample that were decided to be the same.</param>
/// <param name="Found">How many of them the search had found.</param>
/// <param name="Recall">Their share; null where there are none.</param>
/// <param name="Low">Lower end of the 95 % interval (Wilson).</param>
/// <param name="High">Its upper end.</param>
public sealed record BlockingRecall(long Pairs, long Found, double? Recall, double? Low, double? High)
{
    /// <summary>The same in a sentence.</summary>
    public string Note => Recall is null
        ? "No pair of the sample is the same, so nothing is known of pairs that the search for candidates misses."
        : string.Create(CultureInfo.InvariantCulture, $"Of {Pairs:N0} pairs of the sample that are the same, the search for candidates found {Found:N0}: {100 * Recall:0.#} %, 95 % interval {100 * Low:0.#} to {100 * High:0.#} %.");

    public static BlockingRecall Of(long pairs, long found)
    {
        if (pairs == 0)
        {
            return new BlockingRecall(0, 0, null, null, null);
        }

        var share = (double)found / pairs;
        var (low, high) = PromptMetrics.Interval(share, (int)Math.Min(pairs, int.MaxValue));
        return new BlockingRecall(pairs, found, Rounded(share), Rounded(low), Rounded(high));
    }

    static double Rounded(double value) => Math.Round(value, 4);
}

/// <summary>Counts pairs of the sample that are the same.</summary>
sealed class RecallState : State
{
    long pairs, found;

    public BlockingRecall Recall => BlockingRecall.Of(pairs, found);

    public void Add(bool isFound)
    {
        pairs++;
        found += isFound ? 1 : 0;
    }

    public override void Merge(State other)
    {
        pairs += ((RecallState)other).pairs;
        found += ((RecallState)other).found;
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(pairs);
        writer.Write(found);
    }

    public override void Read(BinaryReader reader) => (pairs, found) = (reader.ReadInt64(), reader.ReadInt64());
}
