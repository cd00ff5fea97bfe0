namespace Sluice.TimeSeries;

/// <summary>The last values of a series, the newest at 0.</summary>
sealed class Recent(int memory)
{
    readonly double[] values = new double[memory];
    long seen;

    public int Count => (int)Math.Min(seen, values.Length);

    public double this[int back] => values[(seen - 1 - back) % values.Length];

    public void Add(double value) => values[seen++ % values.Length] = value;

    /// <summary>Mean of so many values up to the one at <paramref name="back"/>.</summary>
    public double Mean(int back, int width)
    {
        var (sum, end) = (0.0, Math.Min(back + width, Count));
        for (var i = back; i < end; i++)
        {
            sum += this[i];
        }

        return sum / (end - back);
    }
}
