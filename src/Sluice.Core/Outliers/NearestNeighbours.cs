using System.Numerics;

namespace Sluice.Outliers;

/// <summary>
/// Distances to the nearest points of the sample. <c>knn</c>: the mean distance to the k nearest (Angiulli, Pizzuti 2002). <c>lof</c>: how
/// much sparser the place of a row is than that of its neighbours (Breunig et al. 2000), about 1 inside a cluster. A point with copies is
/// that many neighbours. Without a given k it is a tenth of the points, 10 to 100: a group of outliers that is smaller hides nobody.
/// </summary>
sealed class NearestNeighbours : OutlierModel
{
    readonly OutlierPoints points;
    readonly int k;
    readonly double[]? reach, density;

    public NearestNeighbours(OutlierPoints points, int neighbours, bool isLocal)
    {
        this.points = points;
        var wanted = neighbours > 0 ? neighbours : Math.Clamp(points.Total / 10, 10, 100);
        k = (int)Math.Max(1, Math.Min(wanted, points.Total - 1));
        if (isLocal)
        {
            reach = new double[points.Rows];
            density = new double[points.Rows];
            Each((point, near) => reach[point] = near.Farthest);
            Each((point, near) => density[point] = Density(near));
        }
    }

    public override double Score(ReadOnlySpan<double> row, int self)
    {
        var near = Find(row, self);
        if (density is null)
        {
            return near.Mean((_, distance) => distance);
        }

        // Rows among as many copies of themselves have no distance at all: they are as dense as can be.
        var own = Density(near);
        var around = near.Mean((point, _) => density[point]);
        return double.IsPositiveInfinity(own) ? 1 : double.IsPositiveInfinity(around) ? double.MaxValue : around / own;
    }

    double Density(Nearest near)
    {
        var mean = near.Mean((point, distance) => Math.Max(distance, reach![point]));
        return mean > 0 ? 1 / mean : double.PositiveInfinity;
    }

    void Each(Action<int, Nearest> use)
    {
        var row = new double[points.Columns.Length];
        for (var point = 0; point < points.Rows; point++)
        {
            points.CopyRow(point, row);
            use(point, Find(row, point));
        }
    }

    Nearest Find(ReadOnlySpan<double> row, int self)
    {
        var distances = new double[points.Rows];
        for (var column = 0; column < row.Length; column++)
        {
            AddSquares(points.Columns[column], row[column], distances);
        }

        var near = new Nearest(k);
        for (var point = 0; point < distances.Length; point++)
        {
            var copies = points.Counts[point] - (point == self ? 1 : 0);
            if (copies > 0 && distances[point] < near.Limit)
            {
                near.Insert(point, distances[point], copies);
            }
        }

        return near;
    }

    static void AddSquares(double[] from, double value, double[] into)
    {
        var (at, wide, middle) = (0, Vector<double>.Count, new Vector<double>(value));
        for (; at <= into.Length - wide; at += wide)
        {
            var difference = new Vector<double>(from, at) - middle;
            (new Vector<double>(into, at) + (difference * difference)).CopyTo(into, at);
        }

        for (; at < into.Length; at++)
        {
            into[at] += (from[at] - value) * (from[at] - value);
        }
    }

    /// <summary>The k nearest neighbours, copies counted; equally far ones by their number, which follows their content.</summary>
    sealed class Nearest(int k)
    {
        readonly int[] points = new int[k];
        readonly double[] squares = new double[k];
        readonly long[] copies = new long[k];
        int used;
        long total;

        /// <summary>A squared distance from here on changes nothing.</summary>
        public double Limit { get; private set; } = double.PositiveInfinity;

        public double Farthest => used == 0 ? 0 : Math.Sqrt(squares[used - 1]);

        public void Insert(int point, double square, long count)
        {
            // As long as the others are k without the last one, the last one goes.
            var at = used;
            if (used == k)
            {
                total -= copies[--at];
            }

            used = at + 1;
            for (; at > 0 && squares[at - 1] > square; at--)
            {
                (points[at], squares[at], copies[at]) = (points[at - 1], squares[at - 1], copies[at - 1]);
            }

            (points[at], squares[at], copies[at]) = (point, square, count);
            total += count;
            while (used > 1 && total - copies[used - 1] >= k)
            {
                total -= copies[--used];
            }

            Limit = total >= k ? squares[used - 1] : double.PositiveInfinity;
        }

        public double Mean(Func<int, double, double> of)
        {
            var (sum, left) = (0.0, (long)k);
            for (var i = 0; i < used && left > 0; i++)
            {
                var count = Math.Min(copies[i], left);
                sum += count * of(points[i], Math.Sqrt(squares[i]));
                left -= count;
            }

            return left == k ? 0 : sum / (k - left);
        }
    }
}
