namespace Sluice.Quality;

/// <summary>
/// Like the version before: the number of rows, and of each column that both have the share of missing values and the mean. Counted in figures that are compared; without
/// an earlier version nothing is. Rows may change by a share of the tolerance, a share of missing values by so much itself, a mean by so many standard deviations.
/// </summary>
sealed class HistoricalRule(BusinessRule rule) : RuleCheck(rule)
{
    const double DefaultTolerance = 0.2;

    readonly double tolerance = rule.Tolerance ?? DefaultTolerance;

    protected override string Reason => "unlike_earlier_version";

    public override CheckFit Fit(Seen seen)
    {
        if (seen.Earlier is not { } earlier)
        {
            return Result(0, 0, "figures") with { Notes = [$"{Reason}: there is no earlier version to compare with."] };
        }

        var figures = Figures(seen, earlier.Report).Where(f => double.IsFinite(f.Change)).ToList();
        var broken = figures.Where(f => Math.Abs(f.Change) > tolerance).ToList();
        return Result(broken.Count, figures.Count, "figures") with
        {
            Notes = [.. broken.Select(f => FormattableString.Invariant($"{Reason}: {f.What} is {f.Now:0.####}, was {f.Before:0.####} in {earlier.Version}; the tolerance is {tolerance:0.####}."))],
        };
    }

    IEnumerable<Figure> Figures(Seen seen, QualityReport before)
    {
        if (Rule.Column is null)
        {
            yield return new Figure("the number of rows", seen.Rows, before.Rows, ((double)seen.Rows / before.Rows) - 1);
        }

        foreach (var (field, now) in seen.Schema.Zip(seen.Columns).Where(c => Rule.Column is null || c.First.Name == Rule.Column))
        {
            if (before.Columns.FirstOrDefault(c => c.Name == field.Name) is { } then)
            {
                var (share, was) = ((double)now.Missing / seen.Rows, (double)then.Missing / before.Rows);
                yield return new Figure($"the share of missing values of '{field.Name}'", share, was, share - was);
                if (now.Numbers is { } numbers && then.Numbers is { } known)
                {
                    yield return new Figure($"the mean of '{field.Name}'", numbers.Mean, known.Mean, (numbers.Mean - known.Mean) / known.Deviation);
                }
            }
        }
    }

    sealed record Figure(string What, double Now, double Before, double Change);
}
