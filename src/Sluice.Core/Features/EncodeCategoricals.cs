using Sluice.Connectors;
using Sluice.Steps;

namespace Sluice.Features;

/// <summary>
/// Turns categories into numbers: one-hot, ordinal, frequency, count, target (cross-fitted and smoothed) or hashing. What it learns, it learns from the
/// training set alone, exactly, and the same in any order of the rows.
/// </summary>
[Step("encode_categoricals", Aliases = ["encode"])]
public sealed partial class EncodeCategoricals : Step
{
    readonly Options options;
    readonly TrainSet train;
    readonly TargetEncoding? target;
    readonly FittedCache<IReadOnlyDictionary<string, Categories>> learned;
    readonly bool forNewRows;

    public EncodeCategoricals(Options options)
        : this(options, forNewRows: false)
    {
    }

    EncodeCategoricals(Options options, bool forNewRows)
    {
        this.options = options;
        this.forNewRows = forNewRows;
        train = new TrainSet(options.SplitColumn, options.FitOn);
        target = options.Method == EncodingMethod.Target ? new TargetEncoding(options, train) : null;
        learned = new(fitted => fitted.As<LearnedCategories[]>().ToDictionary(l => l.Column, l => new Categories(l)));
    }

    bool IsListed => options.Method is EncodingMethod.OneHot or EncodingMethod.Ordinal;

    bool Learns => options.Method != EncodingMethod.Hashing && !(IsListed && options.Columns.All(options.Categories.ContainsKey));

    public override TrainSet? LearnsFrom => Learns ? train : null;

    /// <summary>New rows are not training rows, whatever columns they have: they are encoded with what all training rows say.</summary>
    public override Step ForNewRows => new EncodeCategoricals(options, forNewRows: true);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        Check(input, problems);
        return problems.Items.Count > 0 ? input : Planned(input, null);
    }

    public override Schema PlanFitted(Schema input, Fitted fitted) => Planned(input, fitted);

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) =>
        target is null ? FeatureColumns.Needs(input, wanted, options.Columns)
        : options.FoldColumns.Count == 0 && !forNewRows ? null
        : FeatureColumns.Needs(input, wanted, train.With(options.Columns.Concat(forNewRows ? [] : options.FoldColumns), input));

    public override State? NewState(Schema input) =>
        !Learns ? null
        : target is not null ? new TrainState<TargetState>(target.NewState())
        : new TrainState<ColumnStates<TopValues>>(new ColumnStates<TopValues>(() => new TopValues(options.MaxValues, CategoryStates<State>.MaxBytes)));

    public override IReadOnlySet<string>? Observes(Schema input) =>
        target is null ? train.With(options.Columns, input)
        : options.FoldColumns.Count == 0 ? null
        : train.With([.. options.Columns, .. options.FoldColumns, options.Target!], input);

    public override void Observe(Batch batch, State state)
    {
        if (state is TrainState<TargetState> means)
        {
            target!.Observe(means.Add(batch, train), means.Seen);
            return;
        }

        var counts = (TrainState<ColumnStates<TopValues>>)state;
        var rows = counts.Add(batch, train);
        var scratch = new byte[CellText.MaxLength];
        foreach (var name in options.Columns.Where(NeedsLearning))
        {
            var (column, seen) = (rows[name], counts.Seen[name]);
            for (var row = 0; row < rows.Rows; row++)
            {
                if (FeatureColumns.TryCategory(column, row, scratch, out var value))
                {
                    seen.Add(value);
                }
            }
        }
    }

    public override byte[] Fit(State? state, object? decided)
    {
        if (state is TrainState<TargetState> means)
        {
            means.Require(train, "encode_categoricals");
            return target!.Fit(means.Seen);
        }

        var counts = (TrainState<ColumnStates<TopValues>>)state!;
        counts.Require(train, "encode_categoricals");
        return Fitted.Of(options.Columns.Where(NeedsLearning).Select(name => Learn(name, counts.Seen[name])).ToArray());
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var result = target?.Apply(batch, fitted, verdicts, forNewRows) ?? batch;
        foreach (var name in target is null ? options.Columns : [])
        {
            result = options.Method == EncodingMethod.Hashing
                ? CategoryColumns.Hashed(result, name, options)
                : CategoryColumns.Encoded(result, name, CategoriesOf(name, fitted)!, options, verdicts);
        }

        return verdicts.Keep(result);
    }

    bool NeedsLearning(string column) => !(IsListed && options.Categories.ContainsKey(column));

    Schema Planned(Schema input, Fitted? fitted)
    {
        foreach (var name in options.Columns)
        {
            input = FeatureColumns.Plan(input, name, CategoryColumns.Fields(name, CategoriesOf(name, fitted), options), options.KeepColumns);
        }

        return input;
    }

    Categories? CategoriesOf(string column, Fitted? fitted) =>
        IsListed && options.Categories.TryGetValue(column, out var given) ? new Categories(new LearnedCategories(column, [.. given], [], 0))
        : target is not null || options.Method == EncodingMethod.Hashing || fitted is null ? null
        : learned.Of(fitted)[column];

    LearnedCategories Learn(string column, TopValues seen)
    {
        if (seen.IsOver)
        {
            throw TooMany(column, options.MaxValues);
        }

        var all = seen.Top(int.MaxValue);
        if (IsListed && options.Unknown == UnknownCategory.Reject && all.Count > options.MaxCategories)
        {
            throw new DataException(
                $"Column '{column}' has {all.Count:N0} different values in the rows to learn from and unknown is reject, so those beyond max_categories = "
                + $"{options.MaxCategories:N0} would be rejected. Raise max_categories, or use unknown: infrequent.");
        }

        var rows = all.Sum(v => v.Count);
        var kept = Categories.InOrder(IsListed ? all.Take(options.MaxCategories) : all);
        return new LearnedCategories(column, [.. kept.Select(v => System.Text.Encoding.UTF8.GetString(v.Value))], [.. kept.Select(v => v.Count)], rows);
    }

    internal static DataException TooMany(string column, int most) => new(
        $"Column '{column}' has more than {most:N0} different values, or one of more than {CategoryStates<State>.MaxBytes:N0} bytes; that is max_values. "
        + "Is it a category? Raise max_values, or use method: hashing.");
}
