using Sluice.Llm;
using Sluice.Steps;

namespace Sluice.TextQuality;

/// <summary>How a language model is asked for scores.</summary>
public sealed record JudgeOptions : AskOptions
{
    /// <summary>What the texts are for, for the judgement of their utility. Default: none.</summary>
    public string? Purpose { get; init; }
}

/// <summary>The part of <see cref="ScoreTexts"/> that asks a language model for the same four scores. A row without a valid answer has none, with evidence.</summary>
sealed class JudgeTexts(ScoreTexts.Options options, JudgeOptions asking) : AskingStep(asking with { Columns = [options.Column] })
{
    readonly AnswerField[] fields =
    [
        Field(options, 0, "how well its sentences follow from each other"),
        Field(options, 1, "how far its statements of fact are right as far as you know, consistent and checkable"),
        Field(options, 2, "how varied its words and contents are"),
        Field(options, 3, "how much a reader or a model can learn from it"),
    ];

    private protected override PromptTemplate Prompt { get; } = new("");

    protected override string Task =>
        "Judge each text by itself, each score from 0 (not at all) to 1 (fully). Use the whole range."
        + (asking.Purpose is null ? "" : " What the texts are for: " + asking.Purpose.Trim());

    protected override IReadOnlyList<AnswerField> Fields => fields;

    internal override Step WithoutModel { get; } = new InsteadOfModel(new ScoreTexts(options with { Llm = null }), "the scores are counted from the text.");

    public override Schema Plan(Schema input, StepProblems problems)
    {
        var schema = WithoutModel.Plan(input, problems);
        if (asking.Columns.Count > 0)
        {
            problems.Add("llm.columns", $"The texts of '{options.Column}' are judged alone. Leave out columns, or tell what they are for with purpose.");
        }

        return problems.Items.Count > 0 ? schema : AnswerColumns.Plan(base.Plan(input, problems), fields, "llm", problems);
    }

    protected override IReadOnlySet<string>? NeededFor(Schema input, IReadOnlySet<string> wanted) => wanted.Where(input.Has).ToHashSet(StringComparer.Ordinal);

    protected override Batch Use(Batch batch, RowAnswers answers, Verdicts verdicts) => AnswerColumns.Write(batch, fields, answers, verdicts);

    static AnswerField Field(ScoreTexts.Options options, int score, string description) =>
        new() { Name = options.Names[score], Type = AnswerType.Number, Min = 0, Max = 1, Description = description };
}
