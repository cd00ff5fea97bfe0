using Sluice.Splits;
using Sluice.Steps;
using Sluice.TimeSeries;

namespace Sluice.Quality;

/// <summary>
/// Moments at which a series does what it did not do before, by the detector of the step <c>time_series_anomalies</c>: rows are walked in order of time and each is judged by
/// those before it. One row fails for each anomaly, the first. Counted in rows, of those with a time and a number; severity medium.
/// </summary>
sealed class TimeSeriesRule(BusinessRule rule) : RuleCheck(rule)
{
    const double DefaultThreshold = 3;

    protected override string Reason => "time_series_anomaly";

    protected override Severity Severity => Rule.Severity ?? Severity.Medium;

    public override bool IsKeyed => true;

    public override RowKey[] Keys(Batch batch, ulong family)
    {
        var keys = new RowKey[batch.Rows];
        if (!Columns.All(batch.Schema.Has) || Problem(batch.Schema) is not null)
        {
            Array.Fill(keys, TimeKeys.Missing);
            return keys;
        }

        keys = TimeKeys.Of(Rule.TimeColumn!, batch[Rule.TimeColumn!]);
        var values = Numbers.Of(batch[Rule.Column!]);
        for (var row = 0; row < keys.Length; row++)
        {
            // Rows of one moment follow their values, so that their order is the same wherever they come from.
            keys[row] = keys[row] == TimeKeys.Missing || double.IsNaN(values[row]) ? TimeKeys.Missing : new RowKey(keys[row].High, ValueHistogram.ToKey(values[row]));
        }

        return keys;
    }

    public override object Decide(KeyedRows rows, Action<KeyedRow> mark)
    {
        var (detector, judged, anomalies) = (new AnomalyDetector(), 0L, 0L);
        foreach (var row in rows)
        {
            if (row.Key == TimeKeys.Missing)
            {
                continue;
            }

            judged++;
            if (detector.Next(ValueHistogram.FromKey(row.Key.Low)) >= (Rule.Threshold ?? DefaultThreshold))
            {
                anomalies++;
                mark(row);
            }
        }

        return new TimeSeriesAnomalies.Found(judged, anomalies);
    }

    public override CheckFit Fit(Seen seen)
    {
        var found = seen.Decided as TimeSeriesAnomalies.Found;
        return Result(found?.Anomalies ?? 0, found?.Judged ?? 0, "rows") with
        {
            Notes = Columns.All(seen.Schema.Has) && Problem(seen.Schema) is { } problem ? [$"{Reason}: nothing was judged: {problem}"] : [],
        };
    }

    public override void Apply(Judged judged) => judged.FailMarked(Reason, Rule.Column, Severity, judged.Rejects);

    /// <summary>Why rows of these types have no series; null when they have. Types may be known only once all rows were read.</summary>
    string? Problem(Schema schema) =>
        !Numbers.IsOrdered(schema[Rule.TimeColumn!].Type) ? $"column '{Rule.TimeColumn}' is {Cleaning.ColumnChoice.Words(schema[Rule.TimeColumn!].Type)}; expected a date, a timestamp or a number."
        : !Numbers.IsNumber(schema[Rule.Column!].Type) ? $"column '{Rule.Column}' is {Cleaning.ColumnChoice.Words(schema[Rule.Column!].Type)}; expected numbers."
        : null;
}
