using System.Text.Json;
using Sluice.Steps;

namespace Sluice.Llm.RowSets;

/// <summary>
/// Says of each pair of rows whether they are the same thing: by their similarity where that is sure, else by a language model. The step before puts each pair into a
/// row of its own, so that a pair is a question like any other; a row that is no pair has no similarity and passes.
/// </summary>
sealed class SamePairs(PairOptions options) : AskingStep(options.OfSets)
{
    /// <summary>Similarity of the pair.</summary>
    public static readonly Field Score = new("_score", ColumnType.Float64);

    /// <summary>What comes out.</summary>
    public static readonly Field Same = new("_same", ColumnType.Boolean);

    /// <summary>Whether a model said so.</summary>
    public static readonly Field Said = new("_said", ColumnType.Boolean);

    const string Answer = "same";

    private protected override PromptTemplate Prompt { get; } = new($"{{{{ {RowSet.Column} }}}}");

    protected override string Task =>
        $"\"{RowSet.Column}\" holds two rows of data. Say whether both mean the same thing in the world, however they are written. Numbered texts such as <PERSON_1> stand for values that were removed, and equal "
        + "numbers for equal values. " + new PromptTemplate(options.Prompt).Instruction;

    protected override IReadOnlyList<AnswerField> Fields { get; } = [new AnswerField { Name = Answer, Type = AnswerType.Boolean }];

    internal override Step WithoutModel => new BySimilarity(options);

    protected override IEnumerable<string> AlsoRead => [Score.Name];

    public override Schema Plan(Schema input, StepProblems problems) => base.Plan(input, problems).With(Same).With(Said);

    protected override IReadOnlySet<string>? NeededFor(Schema input, IReadOnlySet<string> wanted) => StepEffects.Names(wanted.Where(input.Has).Append(Score.Name));

    protected override bool[]? AskedRows(Batch batch) => Unsure(batch, options);

    protected override Batch Use(Batch batch, RowAnswers answers, Verdicts verdicts) => Decided(
        batch, options, row => answers.Value(row) is { } value ? JsonDocument.Parse(value).RootElement.GetProperty(Answer).GetBoolean() : null);

    /// <summary>Pairs that similarity alone does not decide.</summary>
    static bool[] Unsure(Batch batch, PairOptions options)
    {
        var scores = (ValueColumn<double>)batch[Score.Name];
        return [.. Enumerable.Range(0, batch.Rows).Select(row => !scores.IsNull(row) && scores.Values[row] < options.SureFrom)];
    }

    static Batch Decided(Batch batch, PairOptions options, Func<int, bool?> said)
    {
        var scores = (ValueColumn<double>)batch[Score.Name];
        var (same, bySaying) = (new ValueBuilder<bool>(ColumnType.Boolean, batch.Rows), new ValueBuilder<bool>(ColumnType.Boolean, batch.Rows));
        for (var row = 0; row < batch.Rows; row++)
        {
            if (scores.IsNull(row))
            {
                same.AppendNull();
                bySaying.AppendNull();
                continue;
            }

            var isSure = scores.Values[row] >= options.SureFrom;
            var answer = isSure ? null : said(row);
            same.Append(isSure || (answer ?? scores.Values[row] >= options.SimilarityThreshold));
            bySaying.Append(answer is not null);
        }

        return batch.With(Same, same.Build()).With(Said, bySaying.Build());
    }

    /// <summary>Where there is no model: similarity decides all, and says for which pairs one would have been asked.</summary>
    sealed class BySimilarity(PairOptions options) : Step
    {
        public override Schema Plan(Schema input, StepProblems problems) => input.With(Same).With(Said);

        public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => StepEffects.Names(wanted.Where(input.Has).Append(Score.Name));

        // It speaks of rows that a part before it made.
        public override Step? ForNewRows => null;

        public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
        {
            var unsure = Unsure(batch, options);
            for (var row = 0; row < unsure.Length; row++)
            {
                if (unsure[row])
                {
                    verdicts.Fail(verdicts.Rule("llm_not_asked", detail: "No language model is configured: similarity_threshold decided whether the pair is the same."), row);
                }
            }

            return Decided(batch, options, _ => null);
        }
    }
}
