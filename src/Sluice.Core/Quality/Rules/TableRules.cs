namespace Sluice.Quality;

/// <summary>A rule on the table as a whole: it holds or it does not, and no row is to blame.</summary>
abstract class TableRule(BusinessRule rule) : RuleCheck(rule)
{
    /// <summary>Null when it cannot be judged.</summary>
    protected abstract bool? Holds(Seen seen);

    public override CheckFit Fit(Seen seen) => Holds(seen) is { } holds ? Result(holds ? 0 : 1, 1, "tables") : Result(0, 0, "tables");
}

/// <summary>As many rows as expected.</summary>
sealed class RowCountRule(BusinessRule rule) : TableRule(rule)
{
    protected override string Reason => "row_count";

    protected override bool? Holds(Seen seen) => !(seen.Rows < Rule.Min) && !(seen.Rows > Rule.Max);
}

/// <summary>A newest date or time that is not too old. Not judged without a single value.</summary>
sealed class FreshnessRule(BusinessRule rule) : TableRule(rule)
{
    const double MicrosPerDay = 86_400e6;

    protected override string Reason => "stale";

    protected override bool? Holds(Seen seen)
    {
        var at = seen.Schema.IndexOf(Rule.Column!);
        if (at < 0 || seen.Schema[at].Type is not (ColumnType.Date or ColumnType.Timestamp) || seen.Columns[at].Numbers is not { Count: > 0 } times)
        {
            return null;
        }

        var newest = seen.Schema[at].Type == ColumnType.Date ? times.Values.Max : times.Values.Max / MicrosPerDay;
        return newest >= Rule.AsOf!.Value.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber - Rule.MaxAgeDays!.Value;
    }
}
