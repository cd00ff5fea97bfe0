using Sluice.VectorSpace;

namespace Sluice.Selection;

/// <summary>Chooses by a score that each row has once and for all, the highest first.</summary>
abstract class RankedMethod : SelectionMethod
{
    public sealed override IEnumerable<Pick> Choose(Candidates candidates, CancellationToken cancellation)
    {
        var (scores, free) = (Scores(candidates, cancellation), candidates.Free());
        return Enumerable.Range(0, scores.Length).Where(row => free[row]).OrderByDescending(row => scores[row]).ThenBy(row => row)
            .Select(row => new Pick(row, scores[row]));
    }

    protected abstract double[] Scores(Candidates candidates, CancellationToken cancellation);

    /// <summary>Distance of every row from the nearest anchor; from the mean of all rows where there are no anchors.</summary>
    protected static float[] FromReference(Candidates candidates, CancellationToken cancellation)
    {
        if (candidates.Anchors.Count > 0)
        {
            return new KCenter(candidates.Rows, candidates.Anchors).Distances(cancellation);
        }

        var mean = Means.Of(candidates.Rows);
        return [.. Enumerable.Range(0, candidates.Rows.Rows).Select(row => MathF.Sqrt(Distances.Squared(candidates.Rows[row], mean)))];
    }
}

/// <summary>The rows nearest to the anchors, or to the mean: more of the same.</summary>
sealed class ClosestPoints : RankedMethod
{
    protected override double[] Scores(Candidates candidates, CancellationToken cancellation) => [.. FromReference(candidates, cancellation).Select(d => -(double)d)];
}

/// <summary>The rows farthest from the anchors, or from the mean: what is least like them. Unlike k-center they may be like each other.</summary>
sealed class FarthestPoints : RankedMethod
{
    protected override double[] Scores(Candidates candidates, CancellationToken cancellation) => [.. FromReference(candidates, cancellation).Select(d => (double)d)];
}

/// <summary>The rows that stand most alone: the mean distance to the three nearest others, of weights 0.6, 0.3 and 0.1, as FiftyOne's uniqueness has it.</summary>
sealed class UniquePoints : RankedMethod
{
    static readonly double[] weights = [0.6, 0.3, 0.1];

    protected override double[] Scores(Candidates candidates, CancellationToken cancellation)
    {
        var nearest = NearestRows.Of(candidates.Rows, weights.Length, cancellation);
        return [.. Enumerable.Range(0, candidates.Rows.Rows).Select(row => Score(nearest.SquaresOf(row)))];
    }

    static double Score(ReadOnlySpan<float> squares)
    {
        var sum = 0.0;
        for (var i = 0; i < squares.Length; i++)
        {
            sum += weights[i] * Math.Sqrt(squares[i]);
        }

        return sum;
    }
}
