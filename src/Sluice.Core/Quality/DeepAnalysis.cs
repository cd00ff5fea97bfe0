using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using Sluice.Llm;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>What a look at meaning looks for.</summary>
public enum DeepProblem
{
    /// <summary>Values of the row that cannot be true together: a country that does not have the city.</summary>
    Contradictory,

    /// <summary>A value that means nothing there: a name that is a test entry, an amount that is a sentence.</summary>
    Nonsensical,

    /// <summary>A value that belongs to something else than the rest of the row: a review of another product.</summary>
    OutOfContext,

    /// <summary>A number that is possible by itself and not for such a row: a pencil for 900.</summary>
    Outlier,
}

/// <summary>How <c>deep_analysis</c> asks.</summary>
public sealed record DeepOptions : AskOptions
{
    /// <summary>Different rows that are asked at most, chosen by their content. Default: 1,000.</summary>
    [Range(1, 100_000_000)]
    public long MaxRows { get; init; } = 1_000;

    /// <summary>Asks all rows, however many: <c>max_rows</c> does not count. Default: false.</summary>
    public bool AllRows { get; init; }

    /// <summary>What to look for: <c>contradictory</c>, <c>nonsensical</c>, <c>out_of_context</c>, <c>outlier</c>. Default: all.</summary>
    [MinLength(1)]
    public IReadOnlyList<DeepProblem> LookFor { get; init; } = Enum.GetValues<DeepProblem>();

    /// <summary>What the model should know of the data: what a row is, what is usual. Default: none.</summary>
    public string? Context { get; init; }
}

/// <summary>
/// The part of <c>quality_validation</c> with <c>deep_analysis</c> that reads rows with a language model, before the checks count what it found. Each finding is evidence: the
/// row, the column, the model and its reason. A row has at most one.
/// </summary>
sealed class DeepAnalysis(DeepOptions options) : AskingStep(options)
{
    /// <summary>Column that carries what was found to the checks, which take it out again.</summary>
    public const string Column = "_deep_analysis";

    const string Problem = "problem", Where = "column", Why = "explanation", None = "none";

    private protected override PromptTemplate Prompt { get; } = new("");

    protected override string Task =>
        "Read each row as somebody who knows what such data is about, and name the worst thing that is wrong with its meaning, if there is one. "
        + string.Join(" ", options.LookFor.Distinct().Select(Words))
        + " Missing values, spelling and formats are not meant. Most rows are right: answer none unless you are sure."
        + (options.Context is null ? "" : " About the data: " + options.Context.Trim());

    protected override IReadOnlyList<AnswerField> Fields { get; } =
    [
        new AnswerField { Name = Problem, Labels = [None, .. options.LookFor.Distinct().Select(Name)] },
        new AnswerField { Name = Where, Required = false, Description = "the name of the value that is wrong, or null where it cannot be told which" },
        new AnswerField { Name = Why, Required = false, MaxLength = 300, Description = "one sentence on what is wrong; null for none" },
    ];

    protected override long MostQuestions => options.AllRows ? long.MaxValue : options.MaxRows;

    internal override Step WithoutModel => new NotAsked();

    // Which rows are read depends on all rows that come here: nothing may be moved past it.
    public override StepEffects? Effects(Schema input) => null;

    /// <summary>Reason of the evidence of a problem.</summary>
    public static string Reason(DeepProblem problem) => "semantic_" + Name(problem);

    /// <summary>A model's opinion is no proof: at most medium.</summary>
    public static Severity SeverityOf(DeepProblem problem) => problem is DeepProblem.Contradictory or DeepProblem.Nonsensical ? Severity.Medium : Severity.Low;

    public static string Name(DeepProblem problem) => problem == DeepProblem.OutOfContext ? "out_of_context" : problem.ToString().ToLowerInvariant();

    public override Schema Plan(Schema input, StepProblems problems)
    {
        if (input.Has(Column))
        {
            problems.Add("deep_analysis", $"The table has a column '{Column}', which deep_analysis needs for itself. Rename it before this step.");
        }

        for (var i = 0; i < options.Columns.Count; i++)
        {
            problems.Column(input, $"deep.columns[{i}]", options.Columns[i]);
        }

        return input.With(new Field(Column, ColumnType.Text));
    }

    protected override IReadOnlySet<string>? NeededFor(Schema input, IReadOnlySet<string> wanted) => wanted.Where(input.Has).ToHashSet(StringComparer.Ordinal);

    protected override Batch Use(Batch batch, RowAnswers answers, Verdicts verdicts)
    {
        var found = new TextBuilder(batch.Rows);
        for (var row = 0; row < batch.Rows; row++)
        {
            if (answers.Value(row) is not { } value)
            {
                found.AppendNull();
                continue;
            }

            var answer = JsonDocument.Parse(value).RootElement;
            var problem = answer.GetProperty(Problem).GetString()!;
            found.Append(Encoding.UTF8.GetBytes($"{problem} {Question.Model}"));
            if (problem != None)
            {
                var kind = Enum.GetValues<DeepProblem>().First(p => Name(p) == problem);
                var column = answer.GetProperty(Where).GetString() is { } named && batch.Schema.Has(named) ? named : null;
                var detail = $"{Question.Model}: {answer.GetProperty(Why).GetString() ?? "no reason given"}";
                verdicts.Fail(verdicts.Rule(Reason(kind), column, SeverityOf(kind), detail: detail), row);
            }
        }

        return batch.With(new Field(Column, ColumnType.Text), found.Build());
    }

    static string Words(DeepProblem problem) => Name(problem) + ": " + problem switch
    {
        DeepProblem.Contradictory => "values of the row that cannot be true together.",
        DeepProblem.Nonsensical => "a value that means nothing there.",
        DeepProblem.OutOfContext => "a value that belongs to something else than the rest of the row.",
        _ => "a number that is possible by itself and not for such a row.",
    };

    /// <summary>Where there is no model: the checks find no column of findings, and say so.</summary>
    sealed class NotAsked : Step
    {
        public override Schema Plan(Schema input, StepProblems problems) => input;

        public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted;

        public override bool IsPassive => true;

        public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts) => batch;
    }
}
