using System.Text;
using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Labels;

/// <summary>
/// Finds labels that are probably wrong (confident learning) and what they should probably be. Chances come from another model's columns, or from a
/// built-in probe (multinomial logistic regression on standardised numbers or on the vectors of a text, out of fold). Each suspected row fails <c>label_error</c>. The result does not
/// depend on the order of rows or on batches.
/// </summary>
[Step("find_label_errors", Aliases = ["find_label_issues"])]
public sealed partial class FindLabelErrors : Step
{
    readonly Options options;
    readonly ColumnChoice chances;
    readonly LabelFeatures features;

    public FindLabelErrors(Options options)
    {
        this.options = options;
        chances = new ColumnChoice(options.ProbabilityColumns, f => Numbers.IsNumber(f.Type) && f.Name != options.LabelColumn, "numbers (int64, float64)");
        features = new LabelFeatures(options.Features, options.FeatureColumns, options.LabelColumn);
    }

    bool IsGiven => options.ProbabilityColumns.Count > 0;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        problems.Column(input, "label_column", options.LabelColumn);
        if (!IsGiven)
        {
            features.Plan(input, problems);
        }
        else if (options.Features is not null || options.FeatureColumns.Count > 0)
        {
            problems.Add(
                options.Features is null ? "feature_columns" : "features", "Chances are given by probability_columns, so no probe is trained. Remove one of the two.");
        }

        chances.Plan(input, problems, "probability_columns");

        if (options.ProbabilityColumns.Count == 1 || (options.ProbabilityLabels.Count > 0 && options.ProbabilityLabels.Count != options.ProbabilityColumns.Count))
        {
            problems.Add(
                "probability_labels",
                $"Found {options.ProbabilityColumns.Count} probability columns and {options.ProbabilityLabels.Count} labels; expected one label for each column, and at least two.");
        }

        var output = input;
        foreach (var (path, field) in Added)
        {
            if (field.Name.Length == 0 || output.Has(field.Name))
            {
                problems.Add(path, field.Name.Length == 0 ? "The name is empty. Give one, or leave it out." : $"Column '{field.Name}' exists already. Choose a name that the table does not have.");
                continue;
            }

            output = output.With(field);
        }

        return output;
    }

    IEnumerable<(string Path, Field Field)> Added => new (string Path, string? Name, ColumnType Type)[]
    {
        ("suggested_label_column", options.SuggestedLabelColumn, ColumnType.Text), ("label_quality_column", options.LabelQualityColumn, ColumnType.Float64),
        ("label_rank_column", options.LabelRankColumn, ColumnType.Int64),
    }.Where(c => c.Name is not null).Select(c => (c.Path, new Field(c.Name!, c.Type)));

    public override bool Cleans => !IsPassive;

    public override bool IsPassive => options.LabelErrorAction == LabelErrorAction.Flag && !Added.Any();

    // New rows have no label to judge.
    public override Step? ForNewRows => null;

    // Also a flag is a verdict that needs them.
    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted.Where(input.Has).Union(Observes(input)!).ToHashSet(StringComparer.Ordinal);

    public override IReadOnlySet<string>? Observes(Schema input)
    {
        return IsGiven ? [.. chances.PossibleNames(input), options.LabelColumn] : features.Observed(input);
    }

    public override State? NewState(Schema input) => IsKeyed ? new LabelNames(options.MaxClasses) : new LabelledRowState(options.MaxRows, options.MaxClasses);

    public override void Observe(Batch batch, State state)
    {
        if (state is LabelledRowState rows)
        {
            // Given chances keep the order of the option, which is that of their labels.
            rows.Observe(batch, options.LabelColumn, IsGiven ? options.ProbabilityColumns : features.Columns(batch.Schema));
            return;
        }

        ((LabelNames)state).Add(LabelTexts.Of(batch, options.LabelColumn));
    }

    public override byte[] Fit(State? state, object? decided)
    {
        if (decided is LabelErrorFit byText)
        {
            return Fitted.Of(byText);
        }

        var seen = (LabelledRowState)state!;
        seen.Labels.CheckLimit(options.LabelColumn);
        return Fitted.Of(IsGiven ? FitGiven(seen) : FitProbe(seen));
    }

    LabelErrorFit FitGiven(LabelledRowState seen)
    {
        var names = options.ProbabilityLabels.Count > 0 ? options.ProbabilityLabels : options.ProbabilityColumns;
        var all = seen.Rows();
        int[] codes = [.. seen.Labels.Names.Select(name => names.ToList().IndexOf(name))];
        var rows = (all with { Labels = [.. all.Labels.Select(code => code < 0 ? -1 : codes[code])], Classes = names.Count }).Where(row => all.Labels[row] >= 0);
        rows = rows.Where(row => rows.Labels[row] >= 0 && AreChances(rows.Row(row)));
        return new LabelErrorFit([.. names], [], [], rows.Rows == 0 ? null : ConfidentModel.Fit(rows, options.FilterBy));
    }

    LabelErrorFit FitProbe(LabelledRowState seen)
    {
        var (rows, scales) = seen.Measured(features.Named);
        if (rows.Classes < 2 || scales.Count == 0)
        {
            return LabelErrorFit.Nothing;
        }

        var folds = LabelledRowState.Folds(rows.Values, scales.Count, options.Folds);
        rows = rows with { Values = FeatureScale.Place(rows.Values, scales) };
        var probe = FoldedProbe.Train(rows, folds, options.Folds);
        var found = rows with { Values = probe.Predict(rows, folds), Dimensions = rows.Classes };
        return new LabelErrorFit(seen.Labels.Names, scales, [.. probe.Probes.Select(LabelErrorFit.Bytes)], ConfidentModel.Fit(found, options.FilterBy));
    }

    static bool AreChances(ReadOnlySpan<float> row)
    {
        foreach (var chance in row)
        {
            if (!(chance >= 0 && chance <= 1))
            {
                return false;
            }
        }

        return true;
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var fit = fitted.As<LabelErrorFit>();
        var judged = new JudgedLabel?[batch.Rows];
        if (IsKeyed)
        {
            ReadJudged(fitted, judged);
        }
        else if (fit.Model is not null && batch.Rows > 0)
        {
            Judge(batch, fit, judged);
        }

        var rule = -1;
        for (var row = 0; row < judged.Length; row++)
        {
            if (judged[row] is { IsError: true })
            {
                rule = rule >= 0 ? rule : verdicts.Rule("label_error", options.LabelColumn, Severity.High, rejects: options.LabelErrorAction == LabelErrorAction.Remove);
                verdicts.Fail(rule, row);
            }
        }

        return verdicts.Keep(WithColumns(batch, fit, judged));
    }

    void Judge(Batch batch, LabelErrorFit fit, JudgedLabel?[] judged)
    {
        var codes = LabelTexts.Codes(LabelTexts.Of(batch, options.LabelColumn), fit.Classes);
        var all = IsGiven ? LabelledRowState.Vectors(batch, options.ProbabilityColumns) : Probe(batch, fit);
        for (var row = 0; row < judged.Length; row++)
        {
            var own = all.AsSpan(row * fit.Classes.Count, fit.Classes.Count);
            judged[row] = codes[row] >= 0 && AreChances(own) ? JudgedLabel.Of(fit.Model!, own, codes[row]) : null;
        }
    }

    static float[] Probe(Batch batch, LabelErrorFit fit)
    {
        var values = LabelledRowState.Vectors(batch, [.. fit.Features.Select(f => f.Name)]);
        var folds = LabelledRowState.Folds(values, fit.Features.Count, fit.Folds.Count);
        return fit.Probe.Predict(new LabelledVectors(FeatureScale.Place(values, fit.Features), fit.Features.Count, new int[batch.Rows], [], fit.Classes.Count), folds);
    }

    Batch WithColumns(Batch batch, LabelErrorFit fit, JudgedLabel?[] judged)
    {
        var result = batch;
        foreach (var (path, field) in Added)
        {
            ColumnBuilder column = path switch
            {
                "suggested_label_column" => Built(new TextBuilder(judged.Length), judged, (b, j) => b.Append(Encoding.UTF8.GetBytes(fit.Classes[j.Suggested])), j => j.IsError),
                "label_quality_column" => Built(new ValueBuilder<double>(ColumnType.Float64, judged.Length), judged, (b, j) => b.Append(j.Quality), _ => true),
                _ => Built(new ValueBuilder<long>(ColumnType.Int64, judged.Length), judged, (b, j) => b.Append(j.Rank), _ => true),
            };
            result = result.With(field, column.Finish());
        }

        return result;
    }

    static T Built<T>(T builder, JudgedLabel?[] judged, Action<T, JudgedLabel> append, Func<JudgedLabel, bool> has)
        where T : ColumnBuilder
    {
        foreach (var one in judged)
        {
            if (one is { } judgement && has(judgement))
            {
                append(builder, judgement);
            }
            else
            {
                builder.AppendNull();
            }
        }

        return builder;
    }
}
