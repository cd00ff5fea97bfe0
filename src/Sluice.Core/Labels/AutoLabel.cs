using System.Text;
using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Labels;

/// <summary>
/// Gives rows without a label the one that labelled rows suggest, where it is sure enough, and says which rows a person should label next. Learns from standardised
/// numbers. The result does not depend on the order of rows or on batches.
/// </summary>
[Step("auto_label", Aliases = ["propagate_labels"])]
public sealed partial class AutoLabel : Step
{
    readonly Options options;
    readonly ColumnChoice choice;
    readonly TrainSet train;

    public AutoLabel(Options options)
    {
        this.options = options;
        train = new TrainSet(options.SplitColumn, options.FitOn);
        choice = new ColumnChoice(options.FeatureColumns, f => Numbers.IsNumber(f.Type) && f.Name != options.LabelColumn, "numbers (int64, float64)");
    }

    public override Schema Plan(Schema input, StepProblems problems)
    {
        problems.Column(input, "label_column", options.LabelColumn);
        choice.Plan(input, problems, "feature_columns");
        train.Plan(input, problems);
        var output = input;
        foreach (var (path, field) in Added)
        {
            if (field.Name.Length == 0 || output.Has(field.Name))
            {
                problems.Add(path, field.Name.Length == 0 ? "The name is empty. Give one." : $"Column '{field.Name}' exists already. Choose a name that the table does not have.");
                continue;
            }

            output = output.With(field);
        }

        return output;
    }

    IEnumerable<(string Path, Field Field)> Added => new (string Path, string? Name, ColumnType Type)[]
    {
        ("output_column", options.OutputColumn, ColumnType.Text), ("confidence_column", options.ConfidenceColumn, ColumnType.Float64),
        ("uncertainty_column", options.UncertaintyColumn, ColumnType.Float64),
    }.Where(c => c.Name is not null).Select(c => (c.Path, new Field(c.Name!, c.Type)));

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted.Where(input.Has).Union(Observes(input)!).ToHashSet(StringComparer.Ordinal);

    public override IReadOnlySet<string>? Observes(Schema input)
    {
        var names = choice.PossibleNames(input);
        names.Add(options.LabelColumn);
        return train.With(names, input);
    }

    public override State? NewState(Schema input) => new LabelledRowState(options.MaxRows, options.MaxClasses);

    public override TrainSet? LearnsFrom => train;

    // Who uses the dataset has no labels to complete.
    public override Step? ForNewRows => null;

    public override void Observe(Batch batch, State state) =>
        ((LabelledRowState)state).Observe(train.Of(batch), options.LabelColumn, [.. batch.Schema.Where(choice.Has).Select(f => f.Name)]);

    public override byte[] Fit(State? state, object? decided)
    {
        var seen = (LabelledRowState)state!;
        seen.CheckClasses(options.LabelColumn, options.MaxClasses);
        var (rows, features) = seen.Placed(options.FeatureColumns);
        return Fitted.Of(features.Count == 0 ? AutoLabelFit.Nothing : AutoLabelFit.Of(seen.Labels.Names, features, rows, options.AutoLabelMethod, options.Neighbours));
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var fit = fitted.As<AutoLabelFit>();
        var given = LabelTexts.Of(batch, options.LabelColumn);
        var values = FeatureScale.Place(LabelledRowState.Vectors(batch, [.. fit.Features.Select(f => f.Name)]), fit.Features);
        byte[][] names = [.. fit.Classes.Select(Encoding.UTF8.GetBytes)];
        var (labels, sure, unsure) = (new TextBuilder(batch.Rows), new ValueBuilder<double>(ColumnType.Float64, batch.Rows), new ValueBuilder<double>(ColumnType.Float64, batch.Rows));
        var (chances, rule, found) = (new double[names.Length], -1, 0);
        for (var row = 0; row < batch.Rows; row++)
        {
            if (LabelTexts.IsLabel(given, row))
            {
                labels.Append(given[row]);
                sure.AppendNull();
                unsure.AppendNull();
                continue;
            }

            var best = -1;
            if (names.Length > 0)
            {
                fit.Predict(values.AsSpan(row * fit.Features.Count, fit.Features.Count), chances);
                best = Array.IndexOf(chances, chances.Max());
                unsure.Append(Doubt(chances, options.Uncertainty));
            }
            else
            {
                unsure.AppendNull();
            }

            if (best >= 0 && chances[best] >= options.MinConfidence)
            {
                labels.Append(names[best]);
                sure.Append(chances[best]);
                found++;
                continue;
            }

            labels.AppendNull();
            sure.AppendNull();
            rule = rule >= 0 ? rule : verdicts.Rule("no_sure_label", options.OutputColumn);
            verdicts.Fail(rule, row);
        }

        verdicts.Change("auto_label", options.OutputColumn, found);
        var result = batch;
        foreach (var (path, field) in Added)
        {
            result = result.With(field, path == "output_column" ? labels.Build() : path == "confidence_column" ? sure.Build() : unsure.Build());
        }

        return result;
    }

    /// <summary>How much a person's label would tell, 0 to 1.</summary>
    public static double Doubt(ReadOnlySpan<double> chances, Uncertainty by)
    {
        var (first, second, entropy) = (0.0, 0.0, 0.0);
        foreach (var chance in chances)
        {
            (first, second) = chance > first ? (chance, first) : (first, Math.Max(second, chance));
            entropy -= chance > 0 ? chance * StableMath.Log(chance) : 0;
        }

        return by switch
        {
            Uncertainty.LeastConfidence => 1 - first,
            Uncertainty.Margin => 1 - (first - second),
            _ => chances.Length < 2 ? 0 : entropy / StableMath.Log(chances.Length),
        };
    }
}
