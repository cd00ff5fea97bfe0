using System.ComponentModel.DataAnnotations;
using Sluice.Splits;
using Sluice.Steps;

namespace Sluice.TimeSeries;

/// <summary>
/// Finds moments at which a series of numbers does what it did not do before: values, jumps, levels, spreads and breaks of its daily or
/// weekly rhythm. The rows are walked in order of time, whatever order they come in, and each is judged by those before it only.
/// One row is reported for each anomaly: the first.
/// </summary>
[Step("time_series_anomalies")]
public sealed class TimeSeriesAnomalies(TimeSeriesAnomalies.Options options) : Step
{
    const string Reason = "time_series_anomaly";

    public sealed record Options
    {
        /// <summary>Column with the time: a date, a timestamp or a number. Rows without one are not judged.</summary>
        public required string TimeColumn { get; init; }

        /// <summary>Number column to judge. Rows without a number are not judged.</summary>
        public required string ValueColumn { get; init; }

        /// <summary>Rarity from which a row is reported: 3 is what about one row in 1,000 of an undisturbed series reaches. Default: 3.</summary>
        [Range(1.0, 100.0)]
        public double Threshold { get; init; } = 3;
    }

    /// <summary>What was walked.</summary>
    public sealed record Found(long Judged, long Anomalies);

    public override bool IsPassive => true;

    public override bool IsKeyed => true;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        Check(input, problems, "time_column", options.TimeColumn, Numbers.IsOrdered, "a date, a timestamp or a number");
        Check(input, problems, "value_column", options.ValueColumn, Numbers.IsNumber, "numbers (int64, float64)");
        return input;
    }

    static void Check(Schema input, StepProblems problems, string path, string name, Func<ColumnType, bool> fits, string wanted)
    {
        if (problems.Column(input, path, name) && !Schemas.Unify.IsOpen(input[name]) && !fits(input[name].Type))
        {
            problems.Add(path, $"Column '{name}' is {Cleaning.ColumnChoice.Words(input[name].Type)}; expected {wanted}. Convert it first with fix_types, or name another.");
        }
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted;

    public override IReadOnlySet<string>? Observes(Schema input) => new HashSet<string>(StringComparer.Ordinal) { options.TimeColumn, options.ValueColumn };

    /// <summary>Time first; rows of one moment follow their values, so that their order is the same wherever they come from.</summary>
    public override RowKey[] Keys(Batch batch)
    {
        var keys = TimeKeys.Of(options.TimeColumn, batch[options.TimeColumn]);
        var values = Numbers.Of(batch[options.ValueColumn]);
        for (var row = 0; row < keys.Length; row++)
        {
            keys[row] = keys[row] == TimeKeys.Missing || values.IsEmpty || double.IsNaN(values[row]) ? TimeKeys.Missing : new RowKey(keys[row].High, ValueHistogram.ToKey(values[row]));
        }

        return keys;
    }

    public override object Decide(KeyedRows rows, Decisions decisions)
    {
        var detector = new AnomalyDetector();
        var (judged, anomalies) = (0L, 0L);
        foreach (var row in rows)
        {
            if (row.Key == TimeKeys.Missing)
            {
                continue;
            }

            judged++;
            if (detector.Next(ValueHistogram.FromKey(row.Key.Low)) >= options.Threshold)
            {
                anomalies++;
                decisions.Set(row.Batch, row.Row, 1);
            }
        }

        return new Found(judged, anomalies);
    }

    public override byte[] Fit(State? state, object? decided) => Fitted.Of((Found)decided!);

    // Batches depend on the decisions on their own rows, not on how many there are elsewhere.
    public override string ApplyKey(Fitted fitted) => "";

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var decisions = fitted.Decisions;
        for (var row = 0; row < decisions.Length; row++)
        {
            if (decisions[row] == 1)
            {
                verdicts.Fail(verdicts.Rule(Reason, options.ValueColumn, Severity.Medium), row);
            }
        }

        return batch;
    }
}
