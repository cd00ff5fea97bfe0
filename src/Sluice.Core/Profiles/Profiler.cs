using System.Globalization;
using System.Text;
using Sluice.Outliers;
using Sluice.Quality;
using Sluice.Steps;

namespace Sluice.Profiles;

/// <summary>From a sketch to the profile that people read.</summary>
static class Profiler
{
    const int Bins = 24;
    const int ShownTop = 10;
    const int ShownAssociations = 100;
    const int MaxShown = 60;

    public static TableProfile Of(TableSketch table)
    {
        var sample = new SampledTable(table.Sample);
        return new TableProfile
        {
            Rows = table.Rows,
            Columns = [.. table.Columns.Select(Of)],
            Associations = [.. Associations(table, sample).OrderByDescending(a => Math.Abs(a.Value)).ThenBy(a => a.Left, StringComparer.Ordinal)
                .ThenBy(a => a.Right, StringComparer.Ordinal).ThenBy(a => a.Measure, StringComparer.Ordinal).Take(ShownAssociations)],
            Notes = [.. Notes(table, sample)],
        };
    }

    static IEnumerable<string> Notes(TableSketch table, SampledTable sample)
    {
        if (table.Schema.Count > table.SampledColumns.Length)
        {
            yield return $"Associations are between the first {table.SampledColumns.Length} of {table.Schema.Count:N0} columns.";
        }

        if (!sample.IsComplete)
        {
            yield return $"Associations other than pearson without an error are from a sample of {sample.Rows:N0} different rows, which their content picks.";
        }
    }

    static ColumnReport Of(ColumnSketch column)
    {
        var isCounted = column.Numbers is { } n ? n.Values.IsExact : !column.Values.IsOver;
        var report = new ColumnReport
        {
            Name = column.Field.Name,
            Type = column.Field.Type,
            Format = column.Field.Format,
            Missing = column.Missing,
            MissingShare = column.Rows == 0 ? 0 : (double)column.Missing / column.Rows,
            Distinct = isCounted ? column.Numbers?.Values.Buckets ?? column.Values.Distinct : Math.Min(column.Present, column.Distinct.Estimate()),
            DistinctError = isCounted ? 0 : column.Distinct.StandardError,
            Numbers = column.Numbers is { Count: > 0 } numbers ? NumbersOf(numbers) : null,
            Text = column.Lengths is { Count: > 0 } lengths ? TextOf(column, lengths) : null,
            Top = TopOf(column),
            Remarks = [],
        };
        return report with { Remarks = [.. Remarks(column, report)] };
    }

    static NumberReport NumbersOf(NumberSummary numbers)
    {
        var values = numbers.Values;
        double[] quantiles = [.. NumberReport.Shares.Select(values.Quantile)];
        var reach = 1.5 * (quantiles[4] - quantiles[2]);
        var outliers = reach > 0 && double.IsFinite(reach) ? values.Outside(quantiles[2] - reach, quantiles[4] + reach) : 0;
        return new NumberReport(
            values.Min, values.Max, numbers.Mean, numbers.Deviation, quantiles, values.RelativeError, values.InOrder().Where(v => v.Value == 0).Sum(v => v.Count),
            outliers, values.Bins(Bins, out _, out _));
    }

    static TextReport TextOf(ColumnSketch column, ValueHistogram lengths) => new(
        lengths.Min, lengths.Max, Math.Round(lengths.InOrder().Sum(l => l.Value * l.Count) / lengths.Count, 3),
        column.Shapes is { IsOver: false } shapes ? Shown(shapes) : null);

    static IReadOnlyList<ValueCount>? TopOf(ColumnSketch column)
    {
        if (column.Numbers is not { } numbers)
        {
            return column.Values.IsOver || column.Values.Distinct == 0 ? null : Shown(column.Values);
        }

        // Values that mostly occur once have no most frequent ones worth showing.
        return !numbers.Values.IsExact || numbers.Count < 2 * numbers.Values.Buckets ? null
            : [.. numbers.Values.InOrder().OrderByDescending(v => v.Count).ThenBy(v => v.Value).Take(ShownTop).Select(v => new ValueCount(Show(column.Field.Type, v.Value), v.Count))];
    }

    static ValueCount[] Shown(TopValues values) => [.. values.Top(ShownTop).Select(v => new ValueCount(Cut(Encoding.UTF8.GetString(v.Value)), v.Count))];

    static IEnumerable<string> Remarks(ColumnSketch column, ColumnReport report)
    {
        if (column.Present == 0)
        {
            yield return "no values";
            yield break;
        }

        if (report.Distinct == 1 && report.DistinctError == 0)
        {
            yield return "one value only";
        }
        else if (report.DistinctError == 0 && report.Distinct == column.Present && column.Present > 1)
        {
            yield return "every value once";
        }
        else if (column.Present > 1_000 && report.Distinct > column.Present * (1 - (2 * report.DistinctError)))
        {
            yield return "every value once, or nearly";
        }

        if (column.Numbers is { } all && column.Field.Type == ColumnType.Int64 && Identifiers.Is(column.Field.Name, all.Values))
        {
            yield return "an identifier, by its name or because it counts rows";
        }

        if (report.MissingShare >= 0.2)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{report.MissingShare:P0} missing");
        }

        if (report.Numbers is { } numbers)
        {
            if (!double.IsFinite(numbers.Min) || !double.IsFinite(numbers.Max))
            {
                yield return "has infinite values";
            }

            if (numbers.Outliers > 0 && Numbers.IsNumber(column.Field.Type))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{numbers.Outliers:N0} beyond Tukey's fences ({(double)numbers.Outliers / column.Present:0.##%})");
            }
        }

        if (report.Text?.Shapes is { Count: > 1 } shapes && shapes[0].Count is var most && most >= 0.95 * column.Present && most < column.Present)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{column.Present - most:N0} not of the usual shape '{shapes[0].Value}'");
        }
    }

    static IEnumerable<Association> Associations(TableSketch table, SampledTable sample)
    {
        foreach (var pair in table.Pairs)
        {
            if (Finite(pair.Correlation))
            {
                yield return new Association(pair.Left, pair.Right, "pearson", Math.Clamp(pair.Correlation, -1, 1), 0, pair.Count);
            }
        }

        var fields = table.Schema.Take(table.SampledColumns.Length).ToList();
        for (var i = 0; i < fields.Count; i++)
        {
            for (var j = i + 1; j < fields.Count; j++)
            {
                if (Between(sample, fields[i], fields[j]) is { } association)
                {
                    yield return association;
                }
            }
        }
    }

    static Association? Between(SampledTable sample, Field left, Field right)
    {
        var (first, second) = (Numbers.IsOrdered(left.Type), Numbers.IsOrdered(right.Type));
        if (first && second)
        {
            return sample.Spearman(left.Name, right.Name) is var (value, rows) ? New(left, right, "spearman", value, rows) : null;
        }

        if (!first && !second)
        {
            return sample.CramersV(left.Name, right.Name) is var (value, rows) ? New(left, right, "cramers_v", value, rows) : null;
        }

        var (category, number) = first ? (right, left) : (left, right);
        return sample.CorrelationRatio(category.Name, number.Name) is var (ratio, counted) ? New(category, number, "correlation_ratio", ratio, counted) : null;

        Association New(Field from, Field to, string measure, double value, long rows) => new(
            from.Name, to.Name, measure, value, sample.IsComplete ? 0 : Math.Round((1 - (value * value)) / Math.Sqrt(Math.Max(1, rows - 1)), 4), rows);
    }

    static bool Finite(double value) => double.IsFinite(value);

    public static string Show(ColumnType type, double value) => type switch
    {
        _ when !double.IsFinite(value) => value.ToString(CultureInfo.InvariantCulture),
        ColumnType.Date => Dates.Format((long)Math.Round(value)),
        ColumnType.Timestamp => Timestamps.Format((long)value),
        _ => Number(value),
    };

    public static string Number(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 1e15 or < 1e-3 => value.ToString("0.###e0", CultureInfo.InvariantCulture),
        >= 1000 => value.ToString("#,0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };

    static string Cut(string text) => text.Length <= MaxShown ? text : string.Concat(text.AsSpan(0, MaxShown - 1), "…");
}
