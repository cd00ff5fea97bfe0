using Sluice.VectorSpace;

namespace Sluice.Selection;

/// <summary>A way of choosing rows one after another. Derive it, and name it in <see cref="SelectionMethods"/>.</summary>
public abstract class SelectionMethod
{
    /// <summary>
    /// Rows in the order in which they are chosen, without anchors and without repetition, until the caller has enough or no row is left that adds anything.
    /// The rows come in an order of their own (by content), so the first of equals is the same in whatever order they were read.
    /// </summary>
    public abstract IEnumerable<Pick> Choose(Candidates candidates, CancellationToken cancellation);
}

/// <summary>What there is to choose from.</summary>
/// <param name="Rows">Vectors of all rows.</param>
/// <param name="Anchors">Rows that are chosen already.</param>
/// <param name="Most">Rows that will be asked for at most.</param>
/// <param name="Seed">For methods that draw.</param>
public sealed record Candidates(VectorRows Rows, IReadOnlyList<int> Anchors, int Most, ulong Seed)
{
    /// <summary>What each row's distances are multiplied by; null: all alike. Only k_center looks at it.</summary>
    public float[]? Weights { get; init; }

    /// <summary>One flag a row: whether it can still be chosen.</summary>
    public bool[] Free()
    {
        var free = new bool[Rows.Rows];
        Array.Fill(free, true);
        foreach (var anchor in Anchors)
        {
            free[anchor] = false;
        }

        return free;
    }
}

/// <summary>A chosen row.</summary>
/// <param name="Row">Number.</param>
/// <param name="Value">What the method went by: a distance, a gain or a score.</param>
/// <param name="Coverage">Share of all that the rows stand for which the chosen ones cover, this one included; NaN where the method does not know.</param>
public readonly record struct Pick(int Row, double Value, double Coverage = double.NaN);
