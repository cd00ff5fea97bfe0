using System.Text;
using Sluice.Steps;

namespace Sluice.Labels;

/// <summary>
/// Gives rows without a label the one that labelled rows suggest, where it is sure enough, and says which rows a person should label next. Learns from standardised
/// numbers, or from the vectors of a text. The result does not depend on the order of rows or on batches.
/// </summary>
[Step("auto_label", Aliases = ["propagate_labels"])]
public sealed partial class AutoLabel : Step
{
    readonly Options options;
    readonly LabelFeatures features;
    readonly TrainSet train;

    readonly bool insteadOfAModel;

    public AutoLabel(Options options)
        : this(options, false)
    {
    }

    AutoLabel(Options options, bool insteadOfAModel)
    {
        (this.options, this.insteadOfAModel) = (options, insteadOfAModel);
        train = new TrainSet(options.SplitColumn, options.FitOn);
        features = new LabelFeatures(options.Features, options.FeatureColumns, options.LabelColumn);
    }

    internal const string Unsure = "no_sure_label";

    internal override IReadOnlyList<Step>? Parts => options.AutoLabelMethod == AutoLabelMethod.ZeroShot ? [new ZeroShotLabels(options)] : null;

    /// <summary>Neighbours in the place of a language model that is not there; every label says so.</summary>
    internal static AutoLabel InsteadOfAModel(Options options) =>
        new(options with { AutoLabelMethod = AutoLabelMethod.Knn, Labels = null, ZeroShot = null }, insteadOfAModel: true);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        problems.Column(input, "label_column", options.LabelColumn);
        features.Plan(input, problems);
        train.Plan(input, problems);
        return Plan(options, input, problems);
    }

    /// <summary>The schema with the columns that are added.</summary>
    internal static Schema Plan(Options options, Schema input, StepProblems problems)
    {
        var output = input;
        foreach (var (path, field) in Added(options))
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

    static IEnumerable<(string Path, Field Field)> Added(Options options) => new (string Path, string? Name, ColumnType Type)[]
    {
        ("output_column", options.OutputColumn, ColumnType.Text), ("confidence_column", options.ConfidenceColumn, ColumnType.Float64),
        ("uncertainty_column", options.UncertaintyColumn, ColumnType.Float64),
    }.Where(c => c.Name is not null).Select(c => (c.Path, new Field(c.Name!, c.Type)));

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted.Where(input.Has).Union(Observes(input)!).ToHashSet(StringComparer.Ordinal);

    public override IReadOnlySet<string>? Observes(Schema input) => train.With(features.Observed(input), input);

    public override State? NewState(Schema input) => IsKeyed ? new LabelNames(options.MaxClasses) : new LabelledRowState(options.MaxRows, options.MaxClasses);

    public override TrainSet? LearnsFrom => train;

    // Who uses the dataset has no labels to complete.
    public override Step? ForNewRows => null;

    public override void Observe(Batch batch, State state)
    {
        var rows = train.Of(batch);
        if (state is LabelledRowState seen)
        {
            seen.Observe(rows, options.LabelColumn, features.Columns(batch.Schema));
            return;
        }

        ((LabelNames)state).Add(LabelTexts.Of(rows, options.LabelColumn));
    }

    public override byte[] Fit(State? state, object? decided)
    {
        if (decided is AutoLabelFit byText)
        {
            return Fitted.Of(byText);
        }

        var seen = (LabelledRowState)state!;
        seen.Labels.CheckLimit(options.LabelColumn);
        var (rows, scales) = seen.Placed(features.Named);
        return Fitted.Of(scales.Count == 0 ? AutoLabelFit.Nothing : AutoLabelFit.Of(seen.Labels.Names, scales, rows, options.AutoLabelMethod, options.Neighbours));
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var fit = fitted.As<AutoLabelFit>();
        var given = LabelTexts.Of(batch, options.LabelColumn);
        var guesses = IsKeyed ? ReadGuesses(fitted, batch.Rows) : Guess(batch, fit);
        byte[][] names = [.. fit.Classes.Select(Encoding.UTF8.GetBytes)];
        var (labels, sure, unsure) = (new TextBuilder(batch.Rows), new ValueBuilder<double>(ColumnType.Float64, batch.Rows), new ValueBuilder<double>(ColumnType.Float64, batch.Rows));
        var (rule, found) = (-1, 0);
        for (var row = 0; row < batch.Rows; row++)
        {
            if (LabelTexts.IsLabel(given, row))
            {
                labels.Append(given[row]);
                sure.AppendNull();
                unsure.AppendNull();
                continue;
            }

            if (guesses[row] is { } any)
            {
                unsure.Append(any.Doubt);
            }
            else
            {
                unsure.AppendNull();
            }

            if (guesses[row] is { } guess && guess.Chance >= options.MinConfidence)
            {
                labels.Append(names[guess.Label]);
                sure.Append(guess.Chance);
                found++;
                if (insteadOfAModel)
                {
                    verdicts.Fail(verdicts.Rule("llm_not_asked", options.OutputColumn, detail: "No language model is configured: the label is that of the nearest labelled rows."), row);
                }

                continue;
            }

            labels.AppendNull();
            sure.AppendNull();
            rule = rule >= 0 ? rule : verdicts.Rule(Unsure, options.OutputColumn);
            verdicts.Fail(rule, row);
        }

        verdicts.Change("auto_label", options.OutputColumn, found);
        return Add(options, batch, labels.Build(), sure.Build(), unsure.Build());
    }

    internal static Batch Add(Options options, Batch batch, Column labels, Column sure, Column unsure) => Added(options).Aggregate(
        batch, (result, added) => result.With(added.Field, added.Path == "output_column" ? labels : added.Path == "confidence_column" ? sure : unsure));

    GuessedLabel?[] Guess(Batch batch, AutoLabelFit fit)
    {
        var guesses = new GuessedLabel?[batch.Rows];
        var values = FeatureScale.Place(LabelledRowState.Vectors(batch, [.. fit.Features.Select(f => f.Name)]), fit.Features);
        for (var row = 0; row < guesses.Length && fit.Classes.Count > 0; row++)
        {
            guesses[row] = Guess(fit, values.AsSpan(row * fit.Features.Count, fit.Features.Count));
        }

        return guesses;
    }

    GuessedLabel Guess(AutoLabelFit fit, ReadOnlySpan<float> vector)
    {
        var chances = new double[fit.Classes.Count];
        fit.Predict(vector, chances);
        var best = Array.IndexOf(chances, chances.Max());
        return new GuessedLabel(best, chances[best], Doubt(chances, options.Uncertainty));
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
