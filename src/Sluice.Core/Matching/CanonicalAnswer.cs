using Sluice.Llm;
using Sluice.Llm.RowSets;
using Sluice.Steps;

namespace Sluice.Matching;

/// <summary>The last part of resolving with <c>canonical: ask</c>: a language model says what stands for an entity, of which all rows ask the same question, and so only one does.</summary>
sealed class CanonicalAnswer(Resolve.Options options) : AskingStep(options.OfSets with { Cascade = null })
{
    private protected override PromptTemplate Prompt { get; } = new($"{{{{ {RowSet.Column} }}}}");

    protected override string Task =>
        $"\"{RowSet.Column}\" holds the ways in which one and the same thing is written, the most frequent first. Give the one right way to write each field, taken from them; null where none has it. "
        + new PromptTemplate(options.CanonicalPrompt).Instruction;

    protected override IReadOnlyList<AnswerField> Fields { get; } = [.. options.On.Select(name => new AnswerField { Name = name, Required = false })];

    internal override Step WithoutModel => new Most();

    public override Schema Plan(Schema input, StepProblems problems) => RowSet.Without(AnswerColumns.Plan(base.Plan(input, problems), Fields, "on", problems), [RowSet.Column]);

    protected override IReadOnlySet<string>? NeededFor(Schema input, IReadOnlySet<string> wanted) => StepEffects.Names(wanted.Where(input.Has).Append(RowSet.Column));

    protected override bool[]? AskedRows(Batch batch) => [.. Enumerable.Range(0, batch.Rows).Select(row => !batch[RowSet.Column].IsNull(row))];

    protected override Batch Use(Batch batch, RowAnswers answers, Verdicts verdicts) => AnswerColumns.Write(RowSet.Without(batch, [RowSet.Column]), Fields, answers, verdicts);

    /// <summary>Where there is no model, the most frequent values stay.</summary>
    sealed class Most : Step
    {
        public override Schema Plan(Schema input, StepProblems problems) => RowSet.Without(input, [RowSet.Column]);

        // It speaks of rows that a part before it made.
        public override Step? ForNewRows => null;

        public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
        {
            var ways = batch[RowSet.Column];
            for (var row = 0; row < batch.Rows; row++)
            {
                if (!ways.IsNull(row))
                {
                    verdicts.Fail(verdicts.Rule("llm_not_asked", detail: "No language model is configured: the most frequent values stand for the entity."), row);
                }
            }

            return RowSet.Without(batch, [RowSet.Column]);
        }
    }
}
