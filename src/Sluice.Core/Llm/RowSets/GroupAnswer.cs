using Sluice.Steps;

namespace Sluice.Llm.RowSets;

/// <summary>The part of reducing that asks: about the rows of a group or of a chunk of it, and later about the answers to chunks.</summary>
/// <param name="options">Options of the step.</param>
/// <param name="level">0: about rows; from 1 on about answers.</param>
sealed class GroupAnswer(Reduce.Options options, int level) : AskingStep(options.OfSets)
{
    /// <summary>Whether a row has an answer; there until the last part.</summary>
    public static readonly Field Answered = new("_answered", ColumnType.Boolean);

    static readonly string[] hidden = [.. GroupRows.Hidden.Append(Answered).Select(f => f.Name)];

    private protected override PromptTemplate Prompt { get; } = new($"{{{{ {RowSet.Column} }}}}");

    protected override string Task => (level == 0
        ? $"\"{RowSet.Column}\" holds all rows of one group, or a part of them. Give one answer for them together: "
        : $"\"{RowSet.Column}\" holds answers to the parts of one group, in order. Make one answer of them, as if all rows of the group had been seen at once. {options.FoldPrompt.Trim()} The task for each part was: ")
        + new PromptTemplate(options.Prompt).Instruction;

    protected override IReadOnlyList<AnswerField> Fields => options.Output;

    bool IsLast => level == options.Folds;

    // Two parts of one step may have the same options.
    public override int CodeVersion => 1 + level;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        var output = AnswerColumns.Plan(base.Plan(input, problems), Fields, "output", problems);
        return IsLast ? RowSet.Without(output, hidden) : output.With(Answered);
    }

    protected override IReadOnlySet<string>? NeededFor(Schema input, IReadOnlySet<string> wanted) => null;

    protected override bool[]? AskedRows(Batch batch) => [.. Enumerable.Range(0, batch.Rows).Select(row => !batch[RowSet.Column].IsNull(row))];

    protected override Batch Use(Batch batch, RowAnswers answers, Verdicts verdicts)
    {
        var result = AnswerColumns.Write(batch, Fields, answers, verdicts);
        if (IsLast)
        {
            return RowSet.Without(result, hidden);
        }

        var answered = new ValueBuilder<bool>(ColumnType.Boolean, batch.Rows);
        for (var row = 0; row < batch.Rows; row++)
        {
            answered.Append(answers.Value(row) is not null);
        }

        return result.With(Answered, answered.Build());
    }
}
