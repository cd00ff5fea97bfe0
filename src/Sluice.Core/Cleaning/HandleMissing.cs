using System.ComponentModel.DataAnnotations;
using Sluice.Steps;

namespace Sluice.Cleaning;

/// <summary>
/// Fills missing values (null, NaN, and text that is empty or only white space) or rejects their rows. What it fills with is learned from the training
/// set, or from all rows where there are no sets; medians are exact up to 16,384 different values of a column, and within 1 % beyond.
/// </summary>
[Step("handle_missing")]
public sealed class HandleMissing : Step
{
    const int ModeCap = 65_536, AutoCap = 100;
    readonly Options options;
    readonly ColumnChoice choice;
    readonly TrainSet train;

    // Strategies that are steps of their own.
    readonly Step? other;

    readonly bool strict;

    public HandleMissing(Options options)
        : this(options, strict: true)
    {
    }

    internal HandleMissing(Options options, bool strict)
    {
        this.options = options;
        this.strict = strict;
        train = new TrainSet(options.SplitColumn, options.FitOn);
        other = options.MissingStrategy switch
        {
            MissingStrategy.Ffill => new ForwardFill(options),
            MissingStrategy.Knn => new ImputeMissing(new() { Columns = options.Columns, FitOn = options.FitOn, SplitColumn = options.SplitColumn }, strict),
            _ => null,
        };
        choice = options.MissingStrategy switch
        {
            MissingStrategy.Mean or MissingStrategy.Median => new(
                options.Columns, f => Numbers.IsOrdered(f.Type), "numbers, dates and timestamps", strict),
            MissingStrategy.Constant => new(
                options.Columns,
                f => options.FillValue is { } value && FillValue.Parse(f.Name, f.Type, value) is not null,
                $"columns that can hold fill_value '{options.FillValue}'",
                strict),
            _ => new(options.Columns, _ => true, "any column", strict),
        };
    }

    public sealed record Options
    {
        /// <summary>Columns to work on. Default: all that the strategy applies to.</summary>
        public IReadOnlyList<string> Columns { get; init; } = [];

        /// <summary>
        /// <c>auto</c>, <c>mean</c>, <c>median</c>, <c>mode</c>, <c>constant</c> (see <c>fill_value</c>), <c>ffill</c> (see <c>order_column</c>), <c>knn</c> (the five most
        /// similar rows, as in <c>impute_missing</c>), <c>smart_impute</c> (a language model fills in what follows from the rest of the row, then auto) or <c>drop</c>
        /// (rejects the row).
        /// Default: auto, which is the median for numbers, dates and timestamps and the most frequent value for booleans and for text with
        /// at most 100 different values.
        /// </summary>
        public MissingStrategy MissingStrategy { get; init; } = MissingStrategy.Auto;

        /// <summary>Value for <c>missing_strategy: constant</c>; dates as yyyy-MM-dd, timestamps as ISO 8601 in UTC. Default: none.</summary>
        public string? FillValue { get; init; }

        /// <summary>Set to learn from, where <c>split_column</c> is there. Default: train.</summary>
        [MinLength(1)]
        public string FitOn { get; init; } = "train";

        /// <summary>Column with the name of each row's set; where it is not there, or this is empty, all rows are learned from. Default: split.</summary>
        public string SplitColumn { get; init; } = "split";

        /// <summary>For <c>missing_strategy: smart_impute</c>: language model to ask. Default: the configured one; without any, missing cells are filled as by auto, with evidence.</summary>
        [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
        public string? Model { get; init; }

        /// <summary>Column that rows are in the order of, for <c>missing_strategy: ffill</c>: a date, a timestamp or a number. Rows without one stay as they are. Default: none.</summary>
        [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
        public string? OrderColumn { get; init; }
    }

    internal override IReadOnlyList<Step>? Parts => options.MissingStrategy == MissingStrategy.SmartImpute
        ? [new SmartImpute(options, strict), new HandleMissing(options with { MissingStrategy = MissingStrategy.Auto }, strict)]
        : null;

    public override bool Cleans => true;

    public override TrainSet? LearnsFrom => other is not null ? other.LearnsFrom : Learns ? train : null;

    public override int CodeVersion => 2;

    bool Learns => options.MissingStrategy is not (MissingStrategy.Constant or MissingStrategy.Drop);

    public override bool IsKeyed => other?.IsKeyed == true;

    public override RowKey[] Keys(Batch batch) => other!.Keys(batch);

    public override object? Decide(KeyedRows rows, Decisions decisions) => other!.Decide(rows, decisions);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        if (other is not null)
        {
            return other.Plan(input, problems);
        }

        train.Plan(input, problems);
        switch (options.MissingStrategy)
        {
            case MissingStrategy.Constant when options.FillValue is null:
                problems.Add("fill_value", "missing_strategy is 'constant', but fill_value is not given. Give the value to fill in.");
                break;
            default:
                choice.Plan(input, problems);
                break;
        }

        return input;
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) =>
        other is not null ? other.Needs(input, wanted)
        : options.MissingStrategy == MissingStrategy.Drop ? wanted.Union(choice.Names(input)).ToHashSet(StringComparer.Ordinal) : wanted;

    public override State? NewState(Schema input) => other is not null ? other.NewState(input) : Learns ? new TrainState<ColumnStates<FillState>>(NewState()) : null;

    ColumnStates<FillState> NewState() => new(() => new FillState(options.MissingStrategy == MissingStrategy.Mode ? ModeCap : AutoCap));

    public override IReadOnlySet<string>? Observes(Schema input) => other is not null ? other.Observes(input) : train.With(choice.PossibleNames(input), input);

    public override void Observe(Batch batch, State state)
    {
        if (other is not null)
        {
            other.Observe(batch, state);
            return;
        }

        var seen = (TrainState<ColumnStates<FillState>>)state;
        var rows = seen.Add(batch, train);
        for (var i = 0; i < rows.Schema.Count; i++)
        {
            if (choice.Has(rows.Schema[i]))
            {
                seen.Seen[rows.Schema[i].Name].Observe(rows[i]);
            }
        }
    }

    public override byte[] Fit(State? state, object? decided)
    {
        if (other is not null)
        {
            return other.Fit(state, decided);
        }

        if (state is not TrainState<ColumnStates<FillState>> seen)
        {
            return Fitted.None.Json;
        }

        seen.Require(train, "handle_missing");
        return Fitted.Of(seen.Seen.Names.Select(name => seen.Seen[name].Fit(name, options.MissingStrategy)).OfType<FillValue>().ToArray());
    }

    public override StepEffects? Effects(Schema input) => other is not null ? null : new()
    {
        Reads = choice.PossibleNames(input),
        Writes = options.MissingStrategy == MissingStrategy.Drop ? StepEffects.Names([]) : choice.PossibleNames(input),
        KeepsRows = options.MissingStrategy != MissingStrategy.Drop,
        Filters = options.MissingStrategy == MissingStrategy.Drop,
    };

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        if (other is not null)
        {
            return other.Apply(batch, fitted, verdicts);
        }

        var fills = Learns ? fitted.As<FillValue[]>().ToDictionary(f => f.Column) : null;
        var result = batch;
        for (var i = 0; i < batch.Schema.Count; i++)
        {
            var field = batch.Schema[i];
            if (!choice.Has(field) || MissingCells.Rows(batch[i]) is not { Count: > 0 } missing)
            {
                continue;
            }

            if (options.MissingStrategy == MissingStrategy.Drop)
            {
                var rule = verdicts.Rule("missing_value", field.Name, Severity.Medium, rejects: true);
                missing.ForEach(row => verdicts.Fail(rule, row));
            }
            else if (FillOf(field, fills) is { } fill && fill.Fits(field.Type))
            {
                result = result.With(field, fill.Fill(batch[i], missing));
                verdicts.Change("handle_missing", field.Name, missing.Count);
            }
        }

        return verdicts.Keep(result);
    }

    FillValue? FillOf(Field field, Dictionary<string, FillValue>? learned) =>
        learned is null ? FillValue.Parse(field.Name, field.Type, options.FillValue!) : learned.GetValueOrDefault(field.Name);
}
