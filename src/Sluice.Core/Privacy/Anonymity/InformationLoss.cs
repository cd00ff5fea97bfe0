namespace Sluice.Privacy.Anonymity;

/// <summary>What a table lost by being made coarser.</summary>
/// <param name="Discernibility">Sum over rows of how many rows look the same; a row that is left out counts as like all (Bayardo and Agrawal 2005).</param>
/// <param name="AverageGroup">Rows of a group by k; 1 is the best there can be (LeFevre et al. 2006).</param>
/// <param name="Ncp">Normalised certainty penalty, 0 to 1: the share of a column's values that a row's could be, over rows and columns (Xu et al. 2006).</param>
public sealed record InformationLoss(double Discernibility, double AverageGroup, double Ncp)
{
    public static InformationLoss None { get; } = new(0, 0, 0);

    /// <summary>Of groups, each with its rows and the mean width of its columns.</summary>
    internal static InformationLoss Of(IReadOnlyList<(long Rows, double Width)> groups, int k, long suppressed = 0)
    {
        var rows = groups.Sum(group => group.Rows);
        var all = rows + suppressed;
        return all == 0 ? None : new InformationLoss(
            groups.Sum(group => (double)group.Rows * group.Rows) + ((double)suppressed * all),
            groups.Count == 0 ? 0 : (double)rows / groups.Count / k,
            (groups.Sum(group => group.Rows * group.Width) + suppressed) / all);
    }
}
