namespace Sluice.Llm;

/// <summary>
/// What calls take by what is in them, as a straight line through calls that were made: so much for each, and so much for each byte or token. A forecast needs both, since calls of the
/// run hold more rows than those of its sample.
/// </summary>
sealed class CallLine
{
    readonly int calls;
    readonly double weight, meanX, meanY, spread;

    /// <param name="points">What is in each call, and what it took.</param>
    public CallLine(IReadOnlyList<(double X, double Y)> points)
    {
        // Large calls differ by more than small ones: each counts by how exact it is.
        var seen = points.Where(p => p.Y > 0).Select(p => (p.X, p.Y, Weight: 1 / (p.Y * p.Y))).ToList();
        calls = seen.Count;
        if (calls == 0)
        {
            return;
        }

        weight = seen.Sum(p => p.Weight);
        (meanX, meanY) = (seen.Sum(p => p.Weight * p.X) / weight, seen.Sum(p => p.Weight * p.Y) / weight);
        spread = seen.Sum(p => p.Weight * (p.X - meanX) * (p.X - meanX));

        // Calls that differ too little do not tell the two parts apart: then all goes by what is in them. What is in a call never makes it take less.
        Slope = calls >= 3 && spread > 1e-6 * weight * meanX * meanX
            ? Math.Max(0, seen.Sum(p => p.Weight * (p.X - meanX) * (p.Y - meanY)) / spread)
            : meanX == 0 ? 0 : meanY / meanX;
        Deviation = calls < 3 ? 0 : Math.Sqrt(seen.Sum(p => p.Weight * Math.Pow(p.Y - Intercept - (Slope * p.X), 2)) / (calls - 2));
    }

    /// <summary>By how much a call differs from the line, as a share of what it takes.</summary>
    public double Deviation { get; }

    /// <summary>What a call takes more for one more in it.</summary>
    public double Slope { get; }

    /// <summary>What each call takes.</summary>
    public double Intercept => meanY - (Slope * meanX);

    /// <summary>What so many calls take with so much in them together.</summary>
    public Estimate Total(double count, double inThem)
    {
        if (count == 0)
        {
            return Estimate.Exactly(0);
        }

        var value = Math.Max(0, (count * Intercept) + (Slope * inThem));
        if (calls < 3)
        {
            // One or two calls do not tell how much they differ.
            return new Estimate(value, value / 2, calls == 0 ? double.PositiveInfinity : value * 2);
        }

        // Errors of the two parts of the line, and of the calls to come.
        var far = inThem - (count * meanX);
        var error = Deviation * Math.Sqrt((count * count / weight) + (spread == 0 ? 0 : far * far / spread) + (value * value / count)) * Estimate.StudentAt95(calls - 2);
        return new Estimate(value, Math.Max(0, value - error), value + error);
    }
}
