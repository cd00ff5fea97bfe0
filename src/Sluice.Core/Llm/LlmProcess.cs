using System.ComponentModel.DataAnnotations;
using Sluice.Steps;

namespace Sluice.Llm;

/// <summary>What <c>llm_process</c> does with a row.</summary>
public enum LlmTask
{
    /// <summary>Adds what the prompt asks for, as the fields of <c>output</c>.</summary>
    Enrich,

    /// <summary>Gives one of <c>labels</c>.</summary>
    Classify,

    /// <summary>Says what matters in few words.</summary>
    Summarize,

    /// <summary>Puts it into another language.</summary>
    Translate,
}

/// <summary>
/// Asks a language model about each row and writes the answers into columns: enrich, classify, summarize or translate. Many rows go into one call, each answer is
/// checked on its own, and a row without a valid answer keeps its values and is evidence with the exact error. Equal questions are asked once.
/// </summary>
[Step("llm_process")]
public sealed class LlmProcess(LlmProcess.Options options) : AskingStep(options)
{
    public sealed record Options : AskOptions
    {
        /// <summary><c>enrich</c>, <c>classify</c>, <c>summarize</c> or <c>translate</c>.</summary>
        [Required]
        public required LlmTask Type { get; init; }

        /// <summary>What to do, for the model; <c>{{ column }}</c> names a column, whose value is sent as data. Default: none, which only enrich does not accept.</summary>
        public string Prompt { get; init; } = "";

        /// <summary>For enrich: the fields to add, each a column. Default: one text, <c>enrichment</c>.</summary>
        public IReadOnlyList<AnswerField> Output { get; init; } = [];

        /// <summary>For classify: the labels, at least two.</summary>
        public IReadOnlyList<string> Labels { get; init; } = [];

        /// <summary>For translate: the language to translate into, as a name or a code.</summary>
        public string? TargetLanguage { get; init; }

        /// <summary>For summarize: words that a summary may have, roughly. Default: 50.</summary>
        [Range(1, 10_000)]
        public int MaxWords { get; init; } = 50;

        /// <summary>Column for the label, summary or translation. Default: label, summary or translation.</summary>
        [MinLength(1)]
        public string? OutputColumn { get; init; }

        /// <summary>Options that the type needs or has no use for.</summary>
        public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => base.Validate(validationContext).Concat(Problems());

        IEnumerable<ValidationResult> Problems()
        {
            if (Type == LlmTask.Enrich && Prompt.Trim().Length == 0)
            {
                yield return new ValidationResult("'prompt' is needed for enrich: say what to add.", [nameof(Prompt)]);
            }

            if (Type == LlmTask.Classify && Labels.Distinct(StringComparer.Ordinal).Count() < 2)
            {
                yield return new ValidationResult("'labels' is needed for classify: at least two different texts.", [nameof(Labels)]);
            }

            if (Type == LlmTask.Translate && string.IsNullOrWhiteSpace(TargetLanguage))
            {
                yield return new ValidationResult("'target_language' is needed for translate, such as 'de' or 'German'.", [nameof(TargetLanguage)]);
            }

            if (Type != LlmTask.Enrich && Output.Count > 0)
            {
                yield return new ValidationResult("'output' is for enrich; the other types write one column, 'output_column'.", [nameof(Output)]);
            }
        }
    }

    readonly PromptTemplate prompt = new(options.Prompt);

    private protected override PromptTemplate Prompt => prompt;

    protected override string Task => string.Join(' ', new[]
    {
        options.Type switch
        {
            LlmTask.Classify => "Give the label that fits the data best.",
            LlmTask.Summarize => $"Summarise the data in at most {options.MaxWords} words, in its own language, with nothing that is not in it.",
            LlmTask.Translate => $"Translate the data into {options.TargetLanguage}, with nothing added or left out.",
            _ => null,
        },
        prompt.Instruction,
    }.Where(part => !string.IsNullOrEmpty(part)));

    protected override IReadOnlyList<AnswerField> Fields { get; } = options.Type switch
    {
        LlmTask.Classify => [new AnswerField { Name = options.OutputColumn ?? "label", Labels = options.Labels }],
        LlmTask.Summarize => [new AnswerField { Name = options.OutputColumn ?? "summary", MaxLength = options.MaxWords * 20 }],
        LlmTask.Translate => [new AnswerField { Name = options.OutputColumn ?? "translation", MaxLength = 100_000 }],
        _ when options.Output.Count > 0 => options.Output,
        _ => [new AnswerField { Name = options.OutputColumn ?? "enrichment" }],
    };

    public override Schema Plan(Schema input, StepProblems problems) =>
        AnswerColumns.Plan(base.Plan(input, problems), Fields, "output", problems);

    protected override IReadOnlySet<string>? NeededFor(Schema input, IReadOnlySet<string> wanted) =>
        wanted.Where(input.Has).ToHashSet(StringComparer.Ordinal);

    protected override Batch Use(Batch batch, RowAnswers answers, Verdicts verdicts) => AnswerColumns.Write(batch, Fields, answers, verdicts);
}
