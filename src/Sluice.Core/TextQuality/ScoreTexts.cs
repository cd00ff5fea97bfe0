using System.ComponentModel.DataAnnotations;
using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.TextQuality;

/// <summary>
/// Gives each text four scores from 0 to 1, in columns: <c>coherence_score</c>, <c>factuality_score</c>, <c>diversity_score</c>, <c>utility_score</c>; by counts of what is in the text alone, or by a
/// language model. Their means are part of the version. A text without a word has none.
/// </summary>
[Step("score_texts", Aliases = ["quality_scorer"])]
public sealed class ScoreTexts : Step
{
    readonly Options options;
    readonly bool areScored;

    public ScoreTexts(Options options)
        : this(options, areScored: false)
    {
    }

    ScoreTexts(Options options, bool areScored) => (this.options, this.areScored) = (options, areScored);

    public sealed record Options
    {
        /// <summary>Column of the texts.</summary>
        [MinLength(1)]
        public required string Column { get; init; }

        /// <summary>What stands before the names of the four columns, for a second column of texts. Default: nothing.</summary>
        public string Prefix { get; init; } = "";

        /// <summary>Words of a text from which it is not too short to be useful. Default: 50.</summary>
        [Range(1, 1_000_000)]
        public int MinWords { get; init; } = 50;

        /// <summary>Words of a text up to which it is not too long to be useful. Default: 100000.</summary>
        [Range(1, 1_000_000_000)]
        public int MaxWords { get; init; } = 100_000;

        /// <summary>
        /// Lets a language model score the texts instead, with all options of steps that ask one; an empty mapping asks the configured model. Where none is configured, the counts are used, and each
        /// row is evidence as <c>llm_not_asked</c>. Default: no model.
        /// </summary>
        public JudgeOptions? Llm { get; init; }

        internal IReadOnlyList<string> Names => [.. TextScores.Names.Select(name => Prefix + name)];
    }

    internal override IReadOnlyList<Step>? Parts => options.Llm is { } llm ? [new JudgeTexts(options, llm), new ScoreTexts(options with { Llm = null }, areScored: true)] : null;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        problems.Column(input, "column", options.Column);
        if (input.Has(options.Column) && input[options.Column].Type != ColumnType.Text && !Unify.IsOpen(input[options.Column]))
        {
            problems.Add("column", $"Column '{options.Column}' is {input[options.Column].Type.ToString().ToLowerInvariant()}; expected text. Name the column of the texts.");
        }

        if (options.MinWords > options.MaxWords)
        {
            problems.Add("min_words", $"At least {options.MinWords:N0} words and at most {options.MaxWords:N0}: no text can be both. Make it at most max_words.");
        }

        if (options.Names.Contains(options.Column))
        {
            problems.Add("prefix", $"The column '{options.Column}' of the texts would be replaced by a score. Give the scores another prefix.");
        }

        return areScored ? input : options.Names.Aggregate(input, (schema, name) => schema.With(new Field(name, ColumnType.Float64)));
    }

    public override bool IsPassive => areScored;

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) =>
        areScored ? wanted : wanted.Except(options.Names).Append(options.Column).ToHashSet(StringComparer.Ordinal);

    public override IReadOnlySet<string>? Observes(Schema input) => (areScored ? options.Names : [options.Column]).ToHashSet(StringComparer.Ordinal);

    public override StepEffects? Effects(Schema input) => areScored ? null : new()
    {
        Reads = StepEffects.Names([options.Column]),
        Writes = StepEffects.Names(options.Names),
        KeepsRows = true,
        Silent = true,
        Cost = 200,
    };

    public override State? NewState(Schema input) => new ScoreSums();

    public override void Observe(Batch batch, State state)
    {
        var sums = (ScoreSums)state;
        sums.Rows += batch.Rows;
        if (areScored)
        {
            var scores = options.Names.Select(name => Numbers.Of(batch[name]).ToArray()).ToArray();
            for (var row = 0; row < batch.Rows; row++)
            {
                sums.Add(scores, row);
            }

            return;
        }

        foreach (var scores in Scores(batch))
        {
            sums.Add(scores);
        }
    }

    public override byte[] Fit(State? state, object? decided) => Fitted.Of(((ScoreSums)state!).Report());

    /// <summary>Scores of a row depend on its text alone.</summary>
    public override string ApplyKey(Fitted fitted) => "";

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        if (areScored)
        {
            return batch;
        }

        var columns = options.Names.Select(_ => new ValueBuilder<double>(ColumnType.Float64, batch.Rows)).ToArray();
        foreach (var scores in Scores(batch))
        {
            for (var i = 0; i < columns.Length; i++)
            {
                if (scores is { } found)
                {
                    columns[i].Append(found[i]);
                }
                else
                {
                    columns[i].AppendNull();
                }
            }
        }

        return options.Names.Zip(columns).Aggregate(batch, (all, column) => all.With(new Field(column.First, ColumnType.Float64), column.Second.Build()));
    }

    IEnumerable<TextScores?> Scores(Batch batch)
    {
        var scorer = new TextScorer(options.MinWords, options.MaxWords);

        // A column without any value may have another type.
        var texts = batch[options.Column] as TextColumn;
        for (var row = 0; row < batch.Rows; row++)
        {
            yield return texts is null || texts.IsNull(row) ? null : scorer.Score(texts[row]);
        }
    }
}
