using System.ComponentModel.DataAnnotations;
using System.Text;
using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Labels;

/// <summary>
/// Makes one label of the answers of several annotators, a column each, with the chance that it is right, and says how good each annotator is and how far
/// they agree (Cohen's and Fleiss' kappa, Krippendorff's alpha). Rows that are not sure enough get no label and fail <c>no_consensus</c>.
/// </summary>
[Step("label_consensus")]
public sealed class LabelConsensus(LabelConsensus.Options options) : Step
{
    // Different rows to learn from; all rows get a label.
    const int MaxRows = 50_000;
    readonly ColumnChoice chances = new(options.ProbabilityColumns, f => Numbers.IsNumber(f.Type), "numbers (int64, float64)");

    public sealed record Options
    {
        /// <summary>Columns of the answers, one for each annotator, at least two; a missing value is no answer.</summary>
        [Required]
        public IReadOnlyList<string> AnnotatorColumns { get; init; } = [];

        /// <summary><c>majority</c>, <c>dawid_skene</c> (learns each annotator's errors) or <c>crowdlab</c> (with a model's chances). Default: dawid_skene.</summary>
        public ConsensusMethod ConsensusMethod { get; init; } = ConsensusMethod.DawidSkene;

        /// <summary>Column to add with the label. Default: label.</summary>
        public string OutputColumn { get; init; } = "label";

        /// <summary>Column to add with the chance that the label is right, 0 to 1. Default: none.</summary>
        public string? ConfidenceColumn { get; init; }

        /// <summary>Chance from which a label is given, 0 to 1; below it there is none. Default: 0.</summary>
        [Range(0.0, 1.0)]
        public double MinConfidence { get; init; }

        /// <summary>Column with the right label of gold questions, missing for other rows: tells how good annotators are. Default: none.</summary>
        public string? GoldColumn { get; init; }

        /// <summary>For crowdlab: number columns with out-of-fold chances of a model, one a label, 0 to 1.</summary>
        public IReadOnlyList<string> ProbabilityColumns { get; init; } = [];

        /// <summary>Label that each probability column is the chance of. Default: the names of those columns.</summary>
        public IReadOnlyList<string> ProbabilityLabels { get; init; } = [];

        /// <summary>Different labels at most, 2 to 1,000; more are refused. Default: 200.</summary>
        [Range(2, 1_000)]
        public int MaxClasses { get; init; } = 200;
    }

    /// <summary>Fitted parameters, and the report.</summary>
    public sealed record Found(IReadOnlyList<string> Classes, Consensus? Model, IReadOnlyList<AnnotatorQuality> Annotators, AgreementReport? Agreement);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        foreach (var (name, i) in options.AnnotatorColumns.Select((name, i) => (name, i)))
        {
            problems.Column(input, $"annotator_columns[{i}]", name);
        }

        if (options.AnnotatorColumns.Distinct(StringComparer.Ordinal).Count() < 2)
        {
            problems.Add("annotator_columns", $"Found {options.AnnotatorColumns.Count} columns; expected at least two different ones, one for each annotator.");
        }

        if (options.GoldColumn is { } gold)
        {
            problems.Column(input, "gold_column", gold);
        }

        chances.Plan(input, problems, "probability_columns");
        var labels = options.ProbabilityLabels.Count == 0 ? options.ProbabilityColumns : options.ProbabilityLabels;
        if (options.ConsensusMethod == ConsensusMethod.Crowdlab ? options.ProbabilityColumns.Count < 2 || labels.Count != options.ProbabilityColumns.Count : options.ProbabilityColumns.Count > 0)
        {
            problems.Add(
                "probability_columns",
                options.ConsensusMethod == ConsensusMethod.Crowdlab
                    ? $"Found {options.ProbabilityColumns.Count} columns with {labels.Count} labels; crowdlab expects at least two, and a label for each."
                    : "Only crowdlab takes a model's chances. Remove them, or choose consensus_method: crowdlab.");
        }

        var output = input;
        foreach (var (path, field) in Added)
        {
            if (field.Name.Length == 0 || output.Has(field.Name))
            {
                problems.Add(path, field.Name.Length == 0 ? "The name is empty. Give one." : $"Column '{field.Name}' exists already. Choose a name that the table does not have.");
                continue;
            }

            output = output.With(field);
        }

        return output;
    }

    IEnumerable<(string Path, Field Field)> Added => options.ConfidenceColumn is { } confidence
        ? [("output_column", new Field(options.OutputColumn, ColumnType.Text)), ("confidence_column", new Field(confidence, ColumnType.Float64))]
        : [("output_column", new Field(options.OutputColumn, ColumnType.Text))];

    IEnumerable<string> Texts => options.GoldColumn is { } gold ? [.. options.AnnotatorColumns, gold] : options.AnnotatorColumns;

    // New rows have no answers.
    public override Step? ForNewRows => null;

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted.Where(input.Has).Union(Observes(input)!).ToHashSet(StringComparer.Ordinal);

    public override IReadOnlySet<string>? Observes(Schema input) => Texts.Concat(options.ProbabilityColumns).ToHashSet(StringComparer.Ordinal);

    public override State? NewState(Schema input) => new AnswerState(MaxRows, options.MaxClasses);

    public override void Observe(Batch batch, State state) => ((AnswerState)state).Observe(batch, [.. Texts], options.ProbabilityColumns);

    public override byte[] Fit(State? state, object? decided)
    {
        var seen = (AnswerState)state!;
        if (seen.Labels.IsOver)
        {
            throw new DataException(
                $"The columns {string.Join(", ", Texts.Select(t => $"'{t}'"))} have more than {options.MaxClasses:N0} different labels; the limit is max_classes = "
                + $"{options.MaxClasses}. Are they answers? Name other annotator_columns, or raise max_classes.");
        }

        // With chances of a model the classes are hers, in her order.
        var classes = options.ProbabilityColumns.Count == 0 ? seen.Labels.Names
            : options.ProbabilityLabels.Count > 0 ? options.ProbabilityLabels : options.ProbabilityColumns;
        if (classes.Count < 2)
        {
            return Fitted.Of(new Found([.. classes], classes.Count == 0 ? null : new Consensus([1], null, null), [], null));
        }

        var (answers, gold, given) = seen.Answers(classes, options.AnnotatorColumns.Count, options.GoldColumn is not null);
        var model = Consensus.Fit(answers, options.ConsensusMethod, given);
        return Fitted.Of(new Found([.. classes], model, model.Qualities(options.AnnotatorColumns, answers, gold, given), AgreementReport.Of(answers)));
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var found = fitted.As<Found>();
        var codes = options.AnnotatorColumns.Select(name => LabelTexts.Codes(LabelTexts.Of(batch, name), found.Classes)).ToArray();
        var given = AnswerState.Usable(LabelledRowState.Vectors(batch, options.ProbabilityColumns), options.ProbabilityColumns.Count);
        byte[][] names = [.. found.Classes.Select(Encoding.UTF8.GetBytes)];
        var (labels, confidences) = (new TextBuilder(batch.Rows), new ValueBuilder<double>(ColumnType.Float64, batch.Rows));
        var (answers, rule) = (new int[codes.Length], -1);
        for (var row = 0; row < batch.Rows; row++)
        {
            for (var annotator = 0; annotator < answers.Length; annotator++)
            {
                answers[annotator] = codes[annotator][row];
            }

            var own = given.AsSpan(row * options.ProbabilityColumns.Count, options.ProbabilityColumns.Count);
            var (label, confidence) = found.Model?.Of(answers, own) ?? (-1, 0);
            if (label >= 0 && confidence >= options.MinConfidence)
            {
                labels.Append(names[label]);
                confidences.Append(confidence);
                continue;
            }

            labels.AppendNull();
            confidences.AppendNull();
            rule = rule >= 0 ? rule : verdicts.Rule("no_consensus", options.OutputColumn, Severity.Medium);
            verdicts.Fail(rule, row);
        }

        var result = batch.With(new Field(options.OutputColumn, ColumnType.Text), labels.Build());
        return options.ConfidenceColumn is { } name ? result.With(new Field(name, ColumnType.Float64), confidences.Build()) : result;
    }
}
