using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using Sluice.Llm;
using Sluice.Steps;

namespace Sluice.Labels;

/// <summary>A label and what it means.</summary>
public sealed record LabelChoice
{
    /// <summary>The label, as it is written into the column.</summary>
    [Required]
    public required string Name { get; init; }

    /// <summary>When it fits, in plain words. Default: its name says it.</summary>
    public string? Description { get; init; }
}

/// <summary>How <c>zero_shot</c> asks.</summary>
public sealed record ZeroShotOptions : AskOptions
{
    /// <summary>What is labelled and how to decide, in plain words. Default: the label that fits the row best.</summary>
    public string? Instruction { get; init; }
}

/// <summary>
/// The <c>auto_label</c> that learns from no row: a language model gives each row without a label one of those that are described, with how sure it says it is, or none. What
/// people labelled is never asked for and stays.
/// </summary>
sealed class ZeroShotLabels(AutoLabel.Options options) : AskingStep(options.ZeroShot ?? new ZeroShotOptions())
{
    const string Label = "label", Sure = "confidence";

    private protected override PromptTemplate Prompt { get; } = new("");

    protected override string Task =>
        (options.ZeroShot?.Instruction is { } own ? own.Trim() + " " : "") + "Give each row the label that fits best, or null where none does or where it cannot be told. Labels:\n"
        + string.Join('\n', options.Labels!.Select(l => l.Description is null ? $"- {l.Name}" : $"- {l.Name}: {l.Description.Trim()}"));

    protected override IReadOnlyList<AnswerField> Fields { get; } =
    [
        new AnswerField { Name = Label, Labels = [.. options.Labels!.Select(l => l.Name)], Required = false },
        new AnswerField { Name = Sure, Type = AnswerType.Number, Min = 0, Max = 1, Description = "how likely the label is right: of ten rows with 0.8, eight are" },
    ];

    protected override IEnumerable<string> AlsoRead => [options.LabelColumn];

    // Rows that learn from others need to know what from.
    internal override Step? WithoutModel => options.Features is null && options.FeatureColumns.Count == 0 ? null : AutoLabel.InsteadOfAModel(options);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        for (var i = 0; i < options.ZeroShot?.Columns.Count; i++)
        {
            problems.Column(input, $"zero_shot.columns[{i}]", options.ZeroShot.Columns[i]);
        }

        if (WithoutModel is not null)
        {
            problems.Column(input, "label_column", options.LabelColumn);
        }

        return AutoLabel.Plan(options, input, problems);
    }

    protected override IReadOnlySet<string>? NeededFor(Schema input, IReadOnlySet<string> wanted) =>
        wanted.Append(options.LabelColumn).Where(input.Has).ToHashSet(StringComparer.Ordinal);

    protected override bool[]? AskedRows(Batch batch) => Given(batch) is not { } given ? null : [.. Enumerable.Range(0, batch.Rows).Select(row => !LabelTexts.IsLabel(given, row))];

    TextColumn? Given(Batch batch) => batch.Schema.Has(options.LabelColumn) ? LabelTexts.Of(batch, options.LabelColumn) : null;

    protected override Batch Use(Batch batch, RowAnswers answers, Verdicts verdicts)
    {
        var given = Given(batch);
        var (labels, sure, unsure) = (new TextBuilder(batch.Rows), new ValueBuilder<double>(ColumnType.Float64, batch.Rows), new ValueBuilder<double>(ColumnType.Float64, batch.Rows));
        var (unsureRule, found) = (-1, 0);
        for (var row = 0; row < batch.Rows; row++)
        {
            if (given is not null && LabelTexts.IsLabel(given, row))
            {
                labels.Append(given[row]);
                sure.AppendNull();
                unsure.AppendNull();
                continue;
            }

            var (label, chance) = Read(answers.Value(row));
            if (chance is { } said)
            {
                // A model that would not choose is as unsure as can be, however sure it is of that.
                unsure.Append(label is null ? 1 : 1 - said);
            }
            else
            {
                unsure.AppendNull();
            }

            if (label is not null && chance >= options.MinConfidence)
            {
                labels.Append(Encoding.UTF8.GetBytes(label));
                sure.Append(chance.Value);
                found++;
                continue;
            }

            labels.AppendNull();
            sure.AppendNull();
            unsureRule = unsureRule >= 0 ? unsureRule : verdicts.Rule(AutoLabel.Unsure, options.OutputColumn);
            verdicts.Fail(unsureRule, row);
        }

        verdicts.Change("auto_label", options.OutputColumn, found);
        return AutoLabel.Add(options, batch, labels.Build(), sure.Build(), unsure.Build());
    }

    static (string? Label, double? Chance) Read(string? answer)
    {
        if (answer is null)
        {
            return (null, null);
        }

        var fields = JsonDocument.Parse(answer).RootElement;
        return (fields.GetProperty(Label).GetString(), fields.GetProperty(Sure).GetDouble());
    }
}
