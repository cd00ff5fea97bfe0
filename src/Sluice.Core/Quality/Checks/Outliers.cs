using System.ComponentModel.DataAnnotations;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>What makes a number far from the others of its column.</summary>
public enum FarMethod
{
    /// <summary>More than <c>threshold</c> interquartile ranges outside the quartiles; default 3, Tukey's "far out".</summary>
    Iqr,

    /// <summary>More than <c>threshold</c> population standard deviations from the mean; default 3.</summary>
    ZScore,

    /// <summary>More than <c>threshold</c> times 1.4826 median absolute deviations from the median; default 3.5 (Iglewicz and Hoaglin).</summary>
    RobustZ,
}

/// <summary>Options of the check <c>outliers</c>.</summary>
public sealed record OutlierOptions
{
    /// <summary><c>iqr</c>, <c>z_score</c> or <c>robust_z</c>. Default: iqr.</summary>
    public FarMethod Method { get; init; } = FarMethod.Iqr;

    /// <summary>How far is too far, in the units of the method. Default: 3 for iqr and z_score, 3.5 for robust_z.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double? Threshold { get; init; }
}

/// <summary>
/// Numbers far from the others of their column. Counted in cells, of the numbers present; severity low, because far is not yet wrong. Limits come from the
/// column's histogram: exact up to 4,096 different values, beyond that moved out to the border of a bucket, so that the count is exact all the same.
/// </summary>
[Check("outliers", 4)]
sealed class Outliers(QualityValidation.Options options) : Check
{
    const string Reason = "outlier";
    const double DeviationsPerMad = 1.4826;

    public override IReadOnlyList<string> Reasons => [Reason];

    public override CheckFit Fit(Seen seen)
    {
        var limits = new List<Fence>();
        long issues = 0, numbers = 0;
        foreach (var (field, column) in seen.Schema.Zip(seen.Columns).Where(c => Numbers.IsNumber(c.First.Type)))
        {
            numbers += column.Present;
            if (LimitsOf(column.Numbers!) is var (low, high) && column.Numbers!.Values.Fence(low, high) is { Outside: > 0 } fence)
            {
                issues += fence.Outside;
                limits.Add(new Fence(field.Name, fence.Low, fence.High));
            }
        }

        return new CheckFit([new CheckResult(Reason, null, Severity.Low, issues, numbers, "cells")], limits.Count == 0 ? null : limits);
    }

    public override void Apply(Judged judged)
    {
        foreach (var (column, low, high) in judged.Learned<Fence[]>() ?? [])
        {
            if (judged.Batch.Schema.Has(column))
            {
                var numbers = Numbers.Of(judged.Batch[column]);
                var rows = new List<int>();
                for (var row = 0; row < numbers.Length; row++)
                {
                    // NaN is missing and compares as neither.
                    if (numbers[row] < low || numbers[row] > high)
                    {
                        rows.Add(row);
                    }
                }

                judged.Fail(Reason, column, Severity.Low, rows);
            }
        }
    }

    public override IEnumerable<Suggestion> Suggest(QualityReport report)
    {
        if (report.Checks.FirstOrDefault(c => c.Name == Reason) is { Issues: > 0 })
        {
            yield return new Suggestion(Reason, null, "look at these values; take them out with remove_outliers only where far means wrong", null);
        }
    }

    /// <summary>Both still inside; null for a column without spread, where nothing is far.</summary>
    (double Low, double High)? LimitsOf(NumberSummary numbers)
    {
        var (method, values) = ((options.Outliers ?? new()).Method, numbers.Values);
        var threshold = options.Outliers?.Threshold ?? (method == FarMethod.RobustZ ? 3.5 : 3);
        var median = values.Quantile(0.5);
        var (first, last, spread) = method switch
        {
            FarMethod.ZScore => (numbers.Mean, numbers.Mean, numbers.Deviation),
            FarMethod.RobustZ => (median, median, DeviationsPerMad * values.MedianDeviation()),
            _ => (values.Quantile(0.25), values.Quantile(0.75), values.Quantile(0.75) - values.Quantile(0.25)),
        };
        var (low, high) = (first - (threshold * spread), last + (threshold * spread));
        return spread > 0 && double.IsFinite(low) && double.IsFinite(high) ? (low, high) : null;
    }

    sealed record Fence(string Column, double Low, double High);
}
