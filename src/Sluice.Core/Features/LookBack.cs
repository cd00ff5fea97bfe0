namespace Sluice.Features;

/// <summary>The last values of one series, and what a row that comes next sees of them.</summary>
sealed class LookBack(IReadOnlyList<int> lags, IReadOnlyList<int> windows, IReadOnlyList<GroupFigure> figures)
{
    public const int MaxRows = 1_000;

    readonly double[] last = new double[lags.Concat(windows).DefaultIfEmpty(1).Max()];
    long count;

    public void Clear() => count = 0;

    /// <param name="value">The next value; NaN is missing: it counts as a row and is in no figure.</param>
    public void Add(double value) => last[count++ % last.Length] = value;

    /// <summary>The lags, then the figures of each window. Sums are exact, and nothing is carried from one window to the next.</summary>
    public IEnumerable<double> Features() => lags.Select(Back).Concat(windows.SelectMany(FiguresOf));

    double Back(int rows) => rows <= count ? last[(count - rows) % last.Length] : double.NaN;

    double[] FiguresOf(int rows)
    {
        var seen = new ColumnFigures(1);
        for (var back = (int)Math.Min(rows, count); back > 0; back--)
        {
            seen.Add(0, Back(back));
        }

        return seen.Of(figures);
    }
}
