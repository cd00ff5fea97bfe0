namespace Sluice.Steps;

/// <summary>Count, exact moments and quantiles of the numbers of a column. NaN is missing and not counted.</summary>
public sealed class NumberSummary(int cap = ValueHistogram.DefaultCap) : State
{
    readonly ExactSum sum = new(), squares = new();

    public ValueHistogram Values { get; } = new(cap);

    public long Count => Values.Count;

    /// <summary>NaN without values.</summary>
    public double Mean => Count == 0 ? double.NaN : sum.Value / Count;

    /// <summary>Population standard deviation, from exact sums and so without cancellation; NaN without values or with an infinite one.</summary>
    public double Deviation => ExactSum.Deviation(sum, squares, Count);

    public void Add(ReadOnlySpan<double> numbers)
    {
        foreach (var number in numbers)
        {
            if (!double.IsNaN(number))
            {
                Values.Add(number);
                sum.Add(number);
                squares.AddSquare(number);
            }
        }
    }

    public override void Merge(State other)
    {
        var theirs = (NumberSummary)other;
        Values.Merge(theirs.Values);
        sum.Add(theirs.sum);
        squares.Add(theirs.squares);
    }

    public override void Write(BinaryWriter writer)
    {
        Values.Write(writer);
        sum.Write(writer);
        squares.Write(writer);
    }

    public override void Read(BinaryReader reader)
    {
        Values.Read(reader);
        sum.Read(reader);
        squares.Read(reader);
    }
}
