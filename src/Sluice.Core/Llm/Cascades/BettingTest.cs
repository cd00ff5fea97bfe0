namespace Sluice.Llm;

/// <summary>
/// Shows from a sample that the mean of a population is high enough, by betting (Waudby-Smith and Ramdas 2024, as BARGAIN uses it). A gambler bets on each draw that the
/// mean is higher than claimed; if it is not, his capital exceeds 1/δ with a probability of at most δ, however long he plays. Draws are without replacement, so what
/// is known of the rest sharpens each bet.
/// </summary>
static class BettingTest
{
    // Share of the capital that one draw may cost, at most.
    const double MaxStake = 0.75;

    /// <summary>Whether the draws show that the mean is at least so much.</summary>
    /// <param name="draws">Draws in their random order, each 0 to 1.</param>
    /// <param name="population">How many there are to draw from.</param>
    /// <param name="mean">What is to be shown; between 0 and 1.</param>
    /// <param name="delta">Probability of showing it wrongly.</param>
    public static bool Shows(IReadOnlyList<double> draws, long population, double mean, double delta)
    {
        var needed = Math.Log(1 / delta);
        var (capital, sum) = (0.0, 0.0);

        // Bets follow the variance of the draws before; what it starts from is what a mean of exactly so much would have.
        var (guess, squares) = (mean, mean * (1 - mean));
        for (var i = 0; i < draws.Count; i++)
        {
            var rest = ((population * mean) - sum) / (population - i);
            if (rest <= 0)
            {
                return true;
            }

            var stake = Math.Min(Math.Sqrt(2 * needed * (i + 1) / (draws.Count * Math.Max(squares, 1e-9))), MaxStake / rest);
            capital += Math.Log(1 + (stake * (draws[i] - rest)));
            if (capital >= needed)
            {
                return true;
            }

            sum += draws[i];
            guess = (mean + sum) / (i + 2);
            squares += (draws[i] - guess) * (draws[i] - guess);
        }

        return draws.Count == population && sum >= (population * mean) - 1e-9;
    }
}
