using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Llm;

/// <summary>What happens to a row that the model gave no valid answer for.</summary>
public enum UnansweredAction
{
    /// <summary>It stays, with evidence.</summary>
    Keep,

    /// <summary>It is rejected, with the reason of the failure.</summary>
    Drop,
}

/// <summary>
/// Keeps the rows for which a language model says that a condition in plain words holds, for example <c>the {{ review }} complains about delivery</c>. Rejected
/// rows are evidence with the reason <c>semantic_filter</c>.
/// </summary>
[Step("semantic_filter")]
public sealed class SemanticFilter(SemanticFilter.Options options) : AskingStep(options)
{
    public sealed record Options : AskOptions
    {
        /// <summary>The condition, in plain words; <c>{{ column }}</c> names a column, whose value is sent as data.</summary>
        [Required]
        public required string Prompt { get; init; }

        /// <summary>What happens to a row without a valid answer: <c>keep</c> or <c>drop</c>. Default: keep.</summary>
        public UnansweredAction OnUnanswered { get; init; } = UnansweredAction.Keep;

        /// <summary>Reason that rejected rows get. Default: semantic_filter.</summary>
        [RegularExpression("^[a-z][a-z0-9_]{0,63}$")]
        public string Reason { get; init; } = "semantic_filter";

        /// <summary>
        /// Condition on the columns, as that of the step <c>filter</c>, that decides where no language model is configured; a row for which it is unknown stays, and every row is evidence as
        /// <c>llm_not_asked</c>. Default: none, and a run without a model is refused.
        /// </summary>
        public string? Fallback { get; init; }

        internal Filter.Options? Condition => Fallback is null ? null : new Filter.Options { Condition = Fallback, OnNull = NullAction.Keep, Reason = Reason };

        /// <summary>A fallback that cannot be read is a problem of the file.</summary>
        public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => base.Validate(validationContext)
            .Concat(Condition?.Validate(validationContext).Select(problem => new ValidationResult(problem.ErrorMessage, [nameof(Fallback)])) ?? []);
    }

    const string Answer = "holds";

    readonly PromptTemplate prompt = new(options.Prompt);

    readonly InsteadOfModel? fallback = options.Condition is { } condition ? new InsteadOfModel(new Filter(condition), "the condition under fallback decided.") : null;

    private protected override PromptTemplate Prompt => prompt;

    internal override Step? WithoutModel => fallback;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        var found = new StepProblems();
        fallback?.Plan(input, found);
        foreach (var problem in found.Items)
        {
            problems.Add("fallback", problem.Message);
        }

        return base.Plan(input, problems);
    }

    protected override string Task => "Say whether this holds for the data: " + prompt.Instruction;

    protected override IReadOnlyList<AnswerField> Fields { get; } = [new AnswerField { Name = Answer, Type = AnswerType.Boolean }];

    internal override bool KeepsRows => false;

    protected override Batch Use(Batch batch, RowAnswers answers, Verdicts verdicts)
    {
        for (var row = 0; row < batch.Rows; row++)
        {
            if (answers.Value(row) is { } value)
            {
                if (!JsonDocument.Parse(value).RootElement.GetProperty(Answer).GetBoolean())
                {
                    verdicts.Fail(verdicts.Rule(options.Reason, null, Severity.Low, rejects: true), row);
                }
            }
            else if (options.OnUnanswered == UnansweredAction.Drop)
            {
                verdicts.Fail(verdicts.Rule(answers.Failure(row)!.Reason, null, Severity.Medium, rejects: true), row);
            }
        }

        return verdicts.Keep(batch);
    }
}
