namespace Sluice.Llm;

/// <summary>A drawn row with what both models say of it.</summary>
/// <param name="Confidence">How sure the cheaper model is.</param>
/// <param name="Cheap">Its answer; null: none.</param>
/// <param name="Oracle">The answer of the step's model; null: none.</param>
readonly record struct LabelledRow(double Confidence, string? Cheap, string? Oracle);

/// <summary>
/// Chooses how sure the cheaper model must be. Thresholds are tried from the surest down, each at the full δ, until one cannot be shown to meet the target: to choose one
/// that misses it, the first of these would have to be shown wrongly, so no correction for the number of thresholds is needed. Their order follows from the cheaper
/// model's answers alone, never from the sample.
/// </summary>
static class CascadeThreshold
{
    // More tell no more than a sample of some hundreds can.
    const int MaxThresholds = 64;

    /// <summary>Thresholds to try, descending: every confidence that was stated, or as many quantiles.</summary>
    public static IReadOnlyList<double> Grid(IEnumerable<double> confidences)
    {
        var sorted = confidences.OrderDescending().ToArray();
        var distinct = sorted.Distinct().ToArray();
        return distinct.Length <= MaxThresholds
            ? distinct
            : [.. Enumerable.Range(1, MaxThresholds).Select(i => sorted[(int)((long)sorted.Length * i / MaxThresholds) - 1]).Distinct()];
    }

    /// <summary>The lowest threshold that is shown to meet the target, with what the sample says of it; null: none is.</summary>
    /// <param name="options">The target.</param>
    /// <param name="isPositive">Whether an answer is the positive one.</param>
    /// <param name="drawn">The sample in its random order.</param>
    /// <param name="rows">Rows that it was drawn from.</param>
    /// <param name="grid">Thresholds, descending.</param>
    public static (double Threshold, double Estimate)? Choose(
        CascadeOptions options, Func<string, bool> isPositive, IReadOnlyList<LabelledRow> drawn, long rows, IReadOnlyList<double> grid)
    {
        (double, double)? chosen = null;
        foreach (var threshold in grid)
        {
            double[] draws = [.. drawn.Select(row => Draw(options, isPositive, row, threshold))];
            if (!BettingTest.Shows(draws, rows, options.AtLeast, options.Delta))
            {
                break;
            }

            chosen = (threshold, Estimate(options, draws));
        }

        return chosen;
    }

    // All three targets are the mean of a number for each row: 1 where the row speaks for the target, 0 where it speaks against it, and the target itself where it
    // has no say; the mean is at least the target exactly where the promise is kept. Answers that are missing in the sample count against it.
    static double Draw(CascadeOptions options, Func<string, bool> isPositive, LabelledRow row, double threshold)
    {
        var taken = row.Cheap is not null && row.Confidence >= threshold;
        var given = taken ? row.Cheap : row.Oracle;
        return options.Target switch
        {
            CascadeTarget.Accuracy => !taken || row.Cheap == row.Oracle ? 1 : 0,
            CascadeTarget.Precision when given is null || !isPositive(given) => options.AtLeast,
            CascadeTarget.Precision => row.Oracle is not null && isPositive(row.Oracle) ? 1 : 0,
            _ when (row.Oracle is null && !taken) || (row.Oracle is { } oracle && !isPositive(oracle)) => options.AtLeast,
            _ => given is not null && isPositive(given) ? 1 : 0,
        };
    }

    static double Estimate(CascadeOptions options, double[] draws)
    {
        double[] said = options.Target == CascadeTarget.Accuracy ? draws : [.. draws.Where(d => d is 0 or 1)];
        return said.Length == 0 ? 1 : said.Average();
    }
}
