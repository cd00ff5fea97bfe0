using System.Text;
using Sluice.Profiles;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>How the values of a table are distributed, in so few figures that a report can hold it: what the check <c>drift</c> compares a later table with.</summary>
public sealed record Distributions
{
    /// <summary>Rows.</summary>
    public required long Rows { get; init; }

    /// <summary>Every column.</summary>
    public required IReadOnlyList<ColumnDistribution> Columns { get; init; }

    /// <summary>Rank correlations between the first 12 columns of numbers.</summary>
    public IReadOnlyList<PairCorrelation> Correlations { get; init; } = [];

    internal static Distributions Of(Seen seen, RowSample sample) => new()
    {
        Rows = seen.Rows,
        Columns = [.. seen.Schema.Zip(seen.Columns, ColumnDistribution.Of)],
        Correlations = [.. PairCorrelation.Of(sample)],
    };
}

/// <summary>How the values of one column are distributed: numbers in up to ten bins of equal weight, categories each by its own.</summary>
public sealed record ColumnDistribution
{
    const int Bins = 10;

    // A category is a value that comes again: five times on average. Names and addresses stay out of the report.
    const int LeastRepeats = 5;

    /// <summary>Column.</summary>
    public required string Name { get; init; }

    /// <summary>Its type.</summary>
    public required ColumnType Type { get; init; }

    /// <summary>Missing cells.</summary>
    public required long Missing { get; init; }

    /// <summary>Where each bin but the first begins. Empty for text, booleans, identifiers, and for dates and times, which move on by themselves.</summary>
    public IReadOnlyList<double> Borders { get; init; } = [];

    /// <summary>The different values; empty where there are more than 200, or where they occur fewer than five times on average.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Rows in each bin, or with each value.</summary>
    public IReadOnlyList<long> Counts { get; init; } = [];

    internal static ColumnDistribution Of(Field field, ColumnState column)
    {
        var plain = new ColumnDistribution { Name = field.Name, Type = field.Type, Missing = column.Missing };
        if (Numbers.IsNumber(field.Type))
        {
            return column.Numbers is { Count: > 0 } numbers && !Sluice.Outliers.Identifiers.Is(field.Name, numbers.Values) ? plain.WithBins(numbers.Values) : plain;
        }

        var isCategory = field.Type is ColumnType.Text or ColumnType.Boolean && !column.Values.IsOver && column.Present >= LeastRepeats * (long)column.Values.Distinct;
        var values = isCategory ? column.Values.Top(int.MaxValue) : [];
        return plain with { Values = [.. values.Select(v => Encoding.UTF8.GetString(v.Value))], Counts = [.. values.Select(v => v.Count)] };
    }

    /// <summary>Rows of another table in these bins.</summary>
    internal long[] Count(ValueHistogram values)
    {
        var counts = new long[Counts.Count];
        var bin = 0;
        foreach (var (value, count) in values.InOrder())
        {
            while (bin < Borders.Count && value >= Borders[bin])
            {
                bin++;
            }

            counts[bin] += count;
        }

        return counts;
    }

    ColumnDistribution WithBins(ValueHistogram values)
    {
        // All of one value: whatever is below or above it is new.
        if (values.Min == values.Max)
        {
            return this with { Borders = [values.Min, Math.BitIncrement(values.Min)], Counts = [0, values.Count, 0] };
        }

        var (borders, counts, before) = (new List<double>(), new List<long>(), double.NaN);
        var (full, left) = ((double)values.Count / Bins, values.Count);
        foreach (var (value, count) in values.InOrder())
        {
            // A border is half way between two values, so that neither a later table's buckets nor its rounding move values across it.
            if (counts.Count == 0 || (counts[^1] >= full && left >= full))
            {
                if (counts.Count > 0)
                {
                    borders.Add(Math.Clamp((before / 2) + (value / 2), -double.MaxValue, double.MaxValue));
                }

                counts.Add(0);
            }

            counts[^1] += count;
            left -= count;
            before = value;
        }

        return this with { Borders = borders, Counts = counts };
    }
}

/// <summary>How two columns of numbers go together.</summary>
public sealed record PairCorrelation
{
    const int LeastRows = 20;

    /// <summary>One column.</summary>
    public required string Left { get; init; }

    /// <summary>The other.</summary>
    public required string Right { get; init; }

    /// <summary>Spearman's rank correlation.</summary>
    public required double Value { get; init; }

    /// <summary>Rows that it is from: all, or a sample that their content picks.</summary>
    public required long Rows { get; init; }

    internal static IEnumerable<PairCorrelation> Of(RowSample sample)
    {
        var (table, names) = (new SampledTable(sample), sample.Columns);
        for (var i = 0; i < names.Count; i++)
        {
            for (var j = i + 1; j < names.Count; j++)
            {
                if (table.Spearman(names[i], names[j]) is var (value, rows) && rows >= LeastRows)
                {
                    yield return new PairCorrelation { Left = names[i], Right = names[j], Value = Math.Round(value, 6), Rows = rows };
                }
            }
        }
    }
}
