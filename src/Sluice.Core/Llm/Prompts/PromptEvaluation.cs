using Sluice.Outliers;

namespace Sluice.Llm.Prompts;

/// <summary>How well a step answers examples whose answers are known.</summary>
public sealed record PromptEvaluation
{
    /// <summary>Name of the model, the instructions, the fields and the parameters together: any other is another version.</summary>
    public required string Version { get; init; }

    /// <summary>Name of the examples by content.</summary>
    public required string Examples { get; init; }

    public required string Step { get; init; }

    public required string Model { get; init; }

    public required PromptMetric Metric { get; init; }

    /// <summary>Model that judged; null for other metrics.</summary>
    public string? Judge { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Mean of all scores; an example without an answer scores 0.</summary>
    public required double Score { get; init; }

    /// <summary>Bounds of a 95 % interval for other examples of the kind.</summary>
    public required double Low { get; init; }

    public required double High { get; init; }

    /// <summary>Examples without a valid answer.</summary>
    public required int Unanswered { get; init; }

    /// <summary>Tokens and dollars of the answers, whenever they were paid; dollars are null where the price is not known.</summary>
    public required TokenUsage Tokens { get; init; }

    public decimal? CostUsd { get; init; }

    /// <summary>Dollars that this evaluation paid: less where answers were kept.</summary>
    public required decimal PaidUsd { get; init; }

    /// <summary>Each example in its order.</summary>
    public required IReadOnlyList<ScoredExample> Rows { get; init; }
}

/// <summary>One example.</summary>
/// <param name="Key">Its content by hash.</param>
/// <param name="Score">0 to 1.</param>
/// <param name="Given">The answer; null: none.</param>
/// <param name="Expected">What was expected, as the fields' values.</param>
public sealed record ScoredExample(string Key, double Score, string? Given, IReadOnlyList<string?> Expected);

/// <summary>Two evaluations on the examples that both have.</summary>
/// <param name="Version">The other's version.</param>
/// <param name="Model">The other's model.</param>
/// <param name="Examples">Examples that both have.</param>
/// <param name="Before">The other's mean score on them.</param>
/// <param name="After">This one's.</param>
/// <param name="Low">Bounds of a 95 % interval of the difference.</param>
/// <param name="High">The upper one.</param>
/// <param name="WorseByChance">How likely a loss as great as this, or greater, is by chance if both are equally good.</param>
/// <param name="ByChance">The same for a difference in either direction.</param>
/// <param name="CostRatio">This one's dollars for an example as a share of the other's; null where one is not known.</param>
public sealed record PromptComparison(
    string Version, string Model, int Examples, double Before, double After, double Low, double High, double WorseByChance, double ByChance, double? CostRatio)
{
    const int Flips = 10_000;

    /// <summary>Level below which a loss is no chance.</summary>
    public const double Level = 0.05;

    /// <summary>Whether it is worse beyond chance.</summary>
    public bool IsWorse => WorseByChance < Level;

    /// <summary>
    /// Compares example by example: if both were equally good, each difference could as well have the other sign, so the sum of differences with signs drawn at random
    /// says what chance does (Fisher's randomisation test; the same draws every time).
    /// </summary>
    /// <exception cref="DataException">They have no example in common, or other metrics.</exception>
    public static PromptComparison Of(PromptEvaluation before, PromptEvaluation after)
    {
        if (before.Metric != after.Metric || before.Judge != after.Judge)
        {
            throw new DataException($"The baseline was scored by '{before.Metric.ToString().ToLowerInvariant()}' and this by '{after.Metric.ToString().ToLowerInvariant()}'. Expected the same metric and judge.");
        }

        var known = before.Rows.DistinctBy(r => r.Key).ToDictionary(r => r.Key, r => r.Score, StringComparer.Ordinal);
        var pairs = after.Rows.DistinctBy(r => r.Key).Where(r => known.ContainsKey(r.Key)).Select(r => (Before: known[r.Key], After: r.Score)).ToArray();
        if (pairs.Length == 0)
        {
            throw new DataException("The baseline has no example in common with the examples. Evaluate it on the same file.");
        }

        double[] differences = [.. pairs.Select(p => p.After - p.Before)];
        var (sum, mean) = (differences.Sum(), differences.Average());
        var error = differences.Length < 2 ? 1 : Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / (differences.Length - 1) / differences.Length);
        var (worse, either) = Chance(differences, sum);
        var ratio = before.CostUsd is > 0 and { } was && after.CostUsd is { } now ? (double)(now / after.Rows.Count / (was / before.Rows.Count)) : (double?)null;
        return new PromptComparison(
            before.Version, before.Model, pairs.Length, pairs.Average(p => p.Before), pairs.Average(p => p.After), mean - (1.959964 * error), mean + (1.959964 * error), worse, either, ratio);
    }

    static (double Worse, double Either) Chance(double[] differences, double sum)
    {
        const double rounding = 1e-9;
        double[] moved = [.. differences.Where(d => d != 0)];
        var random = new SeededRandom(1);
        var (worse, either) = (1, 1);
        for (var flip = 0; flip < Flips; flip++)
        {
            var drawn = 0.0;
            foreach (var difference in moved)
            {
                drawn += random.Next() < 0.5 ? difference : -difference;
            }

            worse += drawn <= sum + rounding ? 1 : 0;
            either += Math.Abs(drawn) >= Math.Abs(sum) - rounding ? 1 : 0;
        }

        return (worse / (Flips + 1.0), either / (Flips + 1.0));
    }
}
