using System.ComponentModel.DataAnnotations;
using Sluice.Steps;

namespace Sluice.Llm;

/// <summary>
/// Reads fields out of text with a language model: what is written there, never what could be guessed. A field that must have a value and has none makes the row
/// evidence; so does a value that breaks its type, labels, range or pattern, after it was asked for again.
/// </summary>
[Step("extract")]
public sealed class Extract(Extract.Options options) : AskingStep(options)
{
    public sealed record Options : AskOptions
    {
        /// <summary>Advice for the model; <c>{{ column }}</c> names a column, whose value is sent as data. Default: none.</summary>
        public string Prompt { get; init; } = "";

        /// <summary>Fields to read, each a column.</summary>
        [MinLength(1)]
        public required IReadOnlyList<AnswerField> Output { get; init; }
    }

    readonly PromptTemplate prompt = new(options.Prompt);

    private protected override PromptTemplate Prompt => prompt;

    protected override string Task => "Read the fields below out of the data. Take only what is written there. " + prompt.Instruction;

    protected override IReadOnlyList<AnswerField> Fields => options.Output;

    public override Schema Plan(Schema input, StepProblems problems) =>
        AnswerColumns.Plan(base.Plan(input, problems), Fields, "output", problems);

    protected override IReadOnlySet<string>? NeededFor(Schema input, IReadOnlySet<string> wanted) =>
        wanted.Where(input.Has).ToHashSet(StringComparer.Ordinal);

    protected override Batch Use(Batch batch, RowAnswers answers, Verdicts verdicts) => AnswerColumns.Write(batch, Fields, answers, verdicts);
}
