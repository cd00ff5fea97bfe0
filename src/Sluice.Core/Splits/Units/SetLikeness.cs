namespace Sluice.Splits.Units;

/// <summary>How alike the embeddings of two sets are, or their numeric columns, standardised over all rows.</summary>
/// <param name="Set">The set.</param>
/// <param name="Other">The set it is compared with: the first.</param>
/// <param name="EnergyDistance">Energy distance; 0 for the same distribution.</param>
/// <param name="MmdPValue">Probability that two random parts of the rows differ as much (maximum mean discrepancy).</param>
/// <param name="RowsCompared">Rows of the set that were compared.</param>
public sealed record SetLikeness(string Set, string Other, double EnergyDistance, double MmdPValue, int RowsCompared)
{
    const int MaxEnergyRows = 2_000, MaxMmdRows = 300;

    /// <summary>Each set beside the first.</summary>
    /// <param name="names">Names of the sets.</param>
    /// <param name="rows">Rows of each set, one after another, in an order by hash: the first of them are a sample.</param>
    /// <param name="width">Values of a row.</param>
    public static IReadOnlyList<SetLikeness> Of(IReadOnlyList<string> names, float[][] rows, int width) =>
    [
        .. Enumerable.Range(1, names.Count - 1).Where(set => rows[set].Length > 0 && rows[0].Length > 0).Select(set => new SetLikeness(
            names[set], names[0],
            Math.Round(Units.EnergyDistance.Of(First(rows[0], MaxEnergyRows, width), First(rows[set], MaxEnergyRows, width), width), 6),
            Mmd.PValue(First(rows[0], MaxMmdRows, width), First(rows[set], MaxMmdRows, width), width),
            Math.Min(MaxEnergyRows, rows[set].Length / width))),
    ];

    static ReadOnlySpan<float> First(float[] rows, int count, int width) => rows.AsSpan(0, Math.Min(rows.Length, count * width));
}
