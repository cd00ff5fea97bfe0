using System.ComponentModel.DataAnnotations;
using System.Text.Json;
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
    }

    const string Answer = "holds";

    readonly PromptTemplate prompt = new(options.Prompt);

    private protected override PromptTemplate Prompt => prompt;

    protected override string Task => "Say whether this holds for the data: " + prompt.Instruction;

    protected override IReadOnlyList<AnswerField> Fields { get; } = [new AnswerField { Name = Answer, Type = AnswerType.Boolean }];

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
