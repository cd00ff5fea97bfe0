namespace Sluice.Labels;

/// <summary>Minimises a smooth function (Nocedal, Wright, algorithm 7.4 and 7.5) with a backtracking line search; no randomness, one order of sums.</summary>
static class LimitedMemoryBfgs
{
    const int Memory = 8;
    const double Flat = 1e-5, Armijo = 1e-4;

    /// <param name="start">Where to begin; it is changed.</param>
    /// <param name="function">Gives the value and fills the gradient.</param>
    /// <param name="maxSteps">Steps at most.</param>
    public static double[] Minimise(double[] start, Func<double[], double[], double> function, int maxSteps)
    {
        var (at, gradient) = (start, new double[start.Length]);
        var (next, nextGradient, direction) = (new double[start.Length], new double[start.Length], new double[start.Length]);
        var pairs = new List<(double[] Move, double[] Change, double Scale)>();
        var value = function(at, gradient);
        for (var step = 0; step < maxSteps && Largest(gradient) > Flat; step++)
        {
            Direct(gradient, pairs, direction);
            var slope = Dot(gradient, direction);
            var length = pairs.Count == 0 ? Math.Min(1, 1 / Math.Sqrt(Dot(gradient, gradient))) : 1;
            double nextValue;
            for (var tries = 0; ; tries++)
            {
                for (var i = 0; i < at.Length; i++)
                {
                    next[i] = at[i] + (length * direction[i]);
                }

                nextValue = function(next, nextGradient);
                if (nextValue <= value + (Armijo * length * slope))
                {
                    break;
                }

                if (tries == 30)
                {
                    return at;
                }

                length /= 2;
            }

            Remember(pairs, at, next, gradient, nextGradient);
            (at, next, gradient, nextGradient, value) = (next, at, nextGradient, gradient, nextValue);
        }

        return at;
    }

    static void Direct(double[] gradient, List<(double[] Move, double[] Change, double Scale)> pairs, double[] direction)
    {
        for (var i = 0; i < gradient.Length; i++)
        {
            direction[i] = -gradient[i];
        }

        var shares = new double[pairs.Count];
        for (var pair = pairs.Count - 1; pair >= 0; pair--)
        {
            shares[pair] = Dot(pairs[pair].Move, direction) / pairs[pair].Scale;
            Add(pairs[pair].Change, -shares[pair], direction);
        }

        if (pairs.Count > 0)
        {
            var scale = pairs[^1].Scale / Dot(pairs[^1].Change, pairs[^1].Change);
            for (var i = 0; i < direction.Length; i++)
            {
                direction[i] *= scale;
            }
        }

        for (var pair = 0; pair < pairs.Count; pair++)
        {
            Add(pairs[pair].Move, shares[pair] - (Dot(pairs[pair].Change, direction) / pairs[pair].Scale), direction);
        }
    }

    static void Remember(List<(double[] Move, double[] Change, double Scale)> pairs, double[] at, double[] next, double[] gradient, double[] nextGradient)
    {
        var (move, change) = (new double[at.Length], new double[at.Length]);
        for (var i = 0; i < at.Length; i++)
        {
            (move[i], change[i]) = (next[i] - at[i], nextGradient[i] - gradient[i]);
        }

        // Only where the function curves upwards does a pair say anything.
        if (Dot(move, change) is var scale && scale > 1e-12 * Dot(change, change))
        {
            pairs.Add((move, change, scale));
            if (pairs.Count > Memory)
            {
                pairs.RemoveAt(0);
            }
        }
    }

    static double Dot(double[] left, double[] right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }

    static void Add(double[] from, double scale, double[] into)
    {
        for (var i = 0; i < into.Length; i++)
        {
            into[i] += from[i] * scale;
        }
    }

    static double Largest(double[] values)
    {
        var largest = 0.0;
        foreach (var value in values)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        return largest;
    }
}
