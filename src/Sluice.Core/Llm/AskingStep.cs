using System.Text.Json;
using Sluice.Llm.RowSets;
using Sluice.Steps;

namespace Sluice.Llm;

/// <summary>
/// A step that asks a language model about each row. Its look names the question of every row by a key and finds the first row of each; the run then asks for those
/// that have no answer yet and gives Apply the answers, which so is as pure as any other.
/// </summary>
public abstract class AskingStep(AskOptions options) : Step, IAskModels
{
    Question? question;
    TextLimit? limit;

    string? IAskModels.Model => Model;

    decimal? IAskModels.BudgetUsd => BudgetUsd;

    bool IAskModels.CanDoWithout => WithoutModel is not null;

    Step IAskModels.For(string? model, string? cheap) => For(model, cheap);

    /// <summary>Name of the model as the pipeline has it.</summary>
    internal string Model => options.Model;

    /// <summary>US dollars that it may spend in a run.</summary>
    internal decimal? BudgetUsd => (decimal?)options.BudgetUsd;

    /// <summary>What it asks, once a model is known.</summary>
    internal Question Question => question ?? throw new InvalidOperationException("No model was given to the step.");

    /// <summary>The cheaper model that answers first, and what must hold of the result; null: none.</summary>
    internal CascadeOptions? Cascade => options.Cascade;

    /// <summary>Kept answers to similar questions, and what must hold of the result; null: none are taken.</summary>
    internal SemanticCacheOptions? Similar => options.SemanticCache;

    /// <summary>What must hold of answers that the step's model does not give; null: it gives all.</summary>
    internal CascadeOptions? Promise => options.Cascade ?? options.SemanticCache?.Promise;

    /// <summary>What the cheaper model is asked; null: there is none.</summary>
    internal Question? Cheap { get; private set; }

    /// <summary>What can be done without a model, in its place; null: nothing, and a run without one is refused.</summary>
    internal virtual Step? WithoutModel => null;

    /// <summary>The task, for the model: the prompt and what the step adds to it.</summary>
    protected abstract string Task { get; }

    /// <summary>What every answer must have.</summary>
    protected abstract IReadOnlyList<AnswerField> Fields { get; }

    private protected abstract PromptTemplate Prompt { get; }

    /// <summary>The step as a run has it: with the models that it asks, or what is done without one.</summary>
    internal Step For(string? model, string? cheap)
    {
        if (model is null)
        {
            return WithoutModel ?? this;
        }

        var step = (AskingStep)MemberwiseClone();
        step.question = new Question(model, CallText.System(Task, Fields, options.ValidationPrompt, options.Compact, options.MaxTextTokens), Fields, options);
        if (cheap is not null)
        {
            var fields = CheapAnswer.Fields(Fields);
            step.Cheap = new Question(cheap, CallText.System(Task, fields, options.ValidationPrompt, options.Compact, options.MaxTextTokens), fields, options with { UseExtendedThinking = false });
        }

        return step;
    }

    /// <summary>Whether an answer is the one that precision and recall are about.</summary>
    internal bool IsPositive(string value)
    {
        var answer = JsonDocument.Parse(value).RootElement.GetProperty(Fields[0].Name);
        return answer.ValueKind == JsonValueKind.True || (answer.ValueKind == JsonValueKind.String && answer.GetString() == options.Cascade?.Positive);
    }

    /// <summary>A row's answer depends on the model, whatever the pipeline calls it, and on the words that it is told.</summary>
    public sealed override string DependsOn => question is null ? "" : $"[{question.Model} {question.Digest}]" + (Cheap is null ? "" : $"[{Cheap.Model} {Cheap.Digest}]");

    public sealed override bool IsKeyed => true;

    /// <summary>An answer is to the question of one row, so that a filter may come first: what is not asked is not paid.</summary>
    public override StepEffects? Effects(Schema input) => new()
    {
        Reads = Observes(input)!,
        Writes = Plan(input, new StepProblems()).Where(f => !input.Has(f.Name) || input[f.Name] != f).Select(f => f.Name)
            .Concat(Fields.Select(f => f.Name)).ToHashSet(StringComparer.Ordinal),
        // What is taken from elsewhere depends on the sample, and so on which rows there are.
        LooksAtRowsAlone = Promise is null,
        Cost = 100_000,
    };

    public override Schema Plan(Schema input, StepProblems problems)
    {
        Prompt.Check(input, options.Columns, problems);
        options.Cascade?.Check(Fields, problems);
        if (options.SemanticCache is not null)
        {
            SemanticCacheOptions.Check(options, Fields, problems);
        }

        if (options.MaxTextTokens > 0 && Prompt.Sent(input, options.Columns).Contains(RowSet.Column, StringComparer.Ordinal))
        {
            problems.Add("max_text_tokens", "Texts are shortened where a question is about one row, and this step asks about several together. Leave it out, or cut the texts before with split_text.");
        }

        return input;
    }

    /// <summary>Different questions that are asked in a run at most: those with the smallest keys, which are hashes, and so a sample that no order or size of batches changes.</summary>
    protected virtual long MostQuestions => long.MaxValue;

    /// <summary>Columns that <see cref="AskedRows"/> looks at besides those that are sent.</summary>
    protected virtual IEnumerable<string> AlsoRead => [];

    /// <summary>Answers come by themselves: Apply reads no column that was sent, but to say which texts were too long.</summary>
    public sealed override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) =>
        NeededFor(input, wanted) is { } needed ? options.MaxTextTokens > 0 ? StepEffects.Names(needed.Concat(Observes(input)!)) : needed : null;

    /// <summary>Columns that it takes to make some of its own; null: all.</summary>
    protected virtual IReadOnlySet<string>? NeededFor(Schema input, IReadOnlySet<string> wanted) => wanted;

    public sealed override IReadOnlySet<string>? Observes(Schema input) => Prompt.Sent(input, options.Columns).Concat(AlsoRead.Where(input.Has)).ToHashSet(StringComparer.Ordinal);

    public sealed override RowKey[] Keys(Batch batch) => Rows(batch).Keys(Question);

    /// <summary>The rows of a batch as they are sent; the batch has the columns that <see cref="Observes"/> names, and may have more.</summary>
    internal RowPrompts Rows(Batch batch) => new(batch, Prompt.Sent(batch.Schema, options.Columns), options, AskedRows(batch), Limit);

    TextLimit? Limit => options.MaxTextTokens == 0 ? null : limit ??= new TextLimit(
        options.MaxTextTokens, options.TextCut, string.Join(' ', Fields.SelectMany(f => f.Labels.Prepend(f.Description).Prepend(f.Name)).Prepend(Task)));

    /// <summary>Rows that there is something to ask for; null: all.</summary>
    protected virtual bool[]? AskedRows(Batch batch) => null;

    /// <summary>Marks the first row of each question: equal questions are asked once, however many workers ask.</summary>
    public sealed override object? Decide(KeyedRows rows, Decisions decisions)
    {
        RowKey? last = null;
        var (questions, same, squares) = (0L, 0L, 0.0);
        foreach (var (key, batch, row) in rows)
        {
            if (RowPrompts.IsNoQuestion(key))
            {
                continue;
            }

            questions += key == last ? 0 : 1;
            same = key == last ? same + 1 : 1;
            squares += (2 * same) - 1;
            if (questions > MostQuestions)
            {
                decisions.Set(batch, row, AskDecisions.TooMany);
            }
            else if (key != last)
            {
                decisions.Set(batch, row, AskDecisions.Ask);
            }

            last = key;
        }

        return new Asked(Question.Model, Math.Min(questions, MostQuestions), squares);
    }

    public sealed override byte[] Fit(State? state, object? decided) => Fitted.Of((Asked)decided!);

    /// <summary>The answers themselves are part of every key, as decisions are.</summary>
    public sealed override string ApplyKey(Fitted fitted) => "";

    public sealed override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var answers = fitted.Answers ?? throw new InvalidOperationException($"{GetType().Name} was given no answers.");
        var cut = Limit is null ? null : Rows(batch);
        for (var row = 0; row < batch.Rows; row++)
        {
            if (cut is not null && answers.Value(row) is not null)
            {
                foreach (var column in cut.CutIn(row))
                {
                    verdicts.Fail(verdicts.Rule(RowFailures.TextCut, column, Severity.Low, detail: "A text was shortened as max_text_tokens says, and the answer is to what was left."), row);
                }
            }

            if (answers.Failure(row) is { } failure && failure != RowFailures.NotAsked)
            {
                var severity = failure.Reason is RowFailures.NoInput ? Severity.Low : Severity.Medium;
                verdicts.Fail(verdicts.Rule(failure.Reason, null, severity, failure == RowFailures.NotSampled, failure.Error), row);
            }
        }

        // What becomes of the answers may reject rows, and a forecast lets go those whose question it does not ask.
        var used = Use(batch, answers, verdicts);
        return used.Rows == batch.Rows ? verdicts.Keep(used) : used;
    }

    /// <summary>Whether what becomes of the answers leaves every row where it is.</summary>
    internal virtual bool KeepsRows => true;

    /// <summary>What becomes of the answers. A row without one keeps what it has.</summary>
    protected abstract Batch Use(Batch batch, RowAnswers answers, Verdicts verdicts);

    /// <param name="Model">Model that is asked.</param>
    /// <param name="Questions">Different questions.</param>
    /// <param name="SquaredRows">Sum over them of the squares of how many rows ask each: a forecast of rows needs to know how uneven they are.</param>
    sealed record Asked(string Model, long Questions, double SquaredRows);
}

/// <summary>What is decided of a row; nothing for one whose question another row asks.</summary>
static class AskDecisions
{
    /// <summary>It asks.</summary>
    public const byte Ask = 1;

    /// <summary>Its question is not asked in this run: there are too many.</summary>
    public const byte TooMany = 2;
}

/// <summary>Rows that are not sent.</summary>
static class RowFailures
{
    public const string NoInput = "llm_no_input";

    public const string TextCut = "llm_text_cut";

    public static readonly Unanswered Empty = new(NoInput, "All columns that would be sent are missing.");

    public static readonly Unanswered NotAsked = new("", "");

    /// <summary>Of a forecast, which asks for a sample and lets the other rows go.</summary>
    public static readonly Unanswered NotSampled = new("not_sampled", "");

    public static readonly Unanswered Denied = new("llm_pii_denied", "The row holds personal data, and 'pii' is 'deny'.");
}
