using System.Numerics;

namespace Sluice.Labels;

/// <summary>
/// Labels by the nearest of some points whose labels are known, or believed by shares. Copies of a point are that many neighbours; of equally far points the first
/// counts first, so points must come in an order that follows from their content.
/// </summary>
/// <param name="points">Vectors; their labels are not looked at.</param>
/// <param name="beliefs">Share of each class for each point, point after point.</param>
/// <param name="neighbours">How many vote.</param>
public sealed class NeighbourVote(LabelledVectors points, float[] beliefs, int neighbours)
{
    /// <summary>
    /// Chance of each class: the shares of the neighbours, and one more vote for all classes alike, so that ten who agree do not make it certain.
    /// </summary>
    public void Predict(ReadOnlySpan<float> row, Span<double> chances)
    {
        var total = 1.0;
        chances.Fill(1.0 / chances.Length);
        foreach (var (point, votes, _) in Nearest(points, row, neighbours, except: -1))
        {
            total += votes;
            for (var j = 0; j < chances.Length; j++)
            {
                chances[j] += votes * beliefs[(point * chances.Length) + j];
            }
        }

        for (var j = 0; j < chances.Length; j++)
        {
            chances[j] /= total;
        }
    }

    /// <summary>The nearest points with their votes, copies counted, and squared distances, nearest first.</summary>
    public static List<(int Point, double Votes, double Square)> Nearest(LabelledVectors points, ReadOnlySpan<float> row, int count, int except)
    {
        var near = new List<(int Point, double Votes, double Square)>(count + 1);
        var votes = 0.0;
        for (var point = 0; point < points.Rows; point++)
        {
            if (point == except || points.Weights[point] <= 0)
            {
                continue;
            }

            var square = Square(points.Row(point), row);
            if (votes >= count && square >= near[^1].Square)
            {
                continue;
            }

            var at = near.Count;
            while (at > 0 && near[at - 1].Square > square)
            {
                at--;
            }

            near.Insert(at, (point, Math.Min(points.Weights[point], count), square));
            votes += near[at].Votes;
            while (near.Count > 1 && votes - near[^1].Votes >= count)
            {
                votes -= near[^1].Votes;
                near.RemoveAt(near.Count - 1);
            }
        }

        return near;
    }

    // Four sums of a fixed width, so that the result is the same on machines with wider vectors.
    static double Square(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var (sums, at) = (Vector4.Zero, 0);
        for (; at <= left.Length - 4; at += 4)
        {
            var difference = new Vector4(left[at..]) - new Vector4(right[at..]);
            sums += difference * difference;
        }

        double sum = (double)sums.X + sums.Y + sums.Z + sums.W;
        for (; at < left.Length; at++)
        {
            var difference = left[at] - right[at];
            sum += difference * difference;
        }

        return sum;
    }
}
