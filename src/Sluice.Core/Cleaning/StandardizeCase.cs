using Sluice.Steps;

namespace Sluice.Cleaning;

/// <summary>Gives text values one letter case. JSON text is left alone unless it is named.</summary>
[Step("standardize_case")]
public sealed class StandardizeCase : Step
{
    readonly Options options;
    readonly ColumnChoice choice;

    public StandardizeCase(Options options)
        : this(options, strict: true)
    {
    }

    internal StandardizeCase(Options options, bool strict)
    {
        this.options = options;
        choice = new ColumnChoice(options.Columns, ColumnChoice.IsText, "text", strict);
    }

    public sealed record Options
    {
        /// <summary>Text columns to work on. Default: all text columns except JSON ones; with only <c>case_by_column</c> given, those in it.</summary>
        public IReadOnlyList<string> Columns { get; init; } = [];

        /// <summary>Case of the columns that <c>case_by_column</c> does not name. Default: lower.</summary>
        public LetterCase Case { get; init; } = LetterCase.Lower;

        /// <summary>Case of single columns, by name. Default: none.</summary>
        public IReadOnlyDictionary<string, LetterCase> CaseByColumn { get; init; } = new Dictionary<string, LetterCase>();
    }

    public override bool Cleans => true;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        choice.Plan(input, problems);
        foreach (var name in options.CaseByColumn.Keys)
        {
            problems.Column(input, $"case_by_column.{name}", name);
        }

        return input;
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted;

    public override StepEffects? Effects(Schema input)
    {
        var columns = StepEffects.Names(choice.PossibleNames(input).Concat(options.CaseByColumn.Keys));
        return new() { Reads = columns, Writes = columns, KeepsRows = true, Cost = 10 };
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var result = batch;
        for (var i = 0; i < batch.Schema.Count; i++)
        {
            var field = batch.Schema[i];
            if (CaseOf(field) is { } letterCase && batch[i] is TextColumn text)
            {
                var mapped = TextMap.Apply(text, new CaseMap(letterCase), out var changed);
                verdicts.Change("standardize_case", field.Name, changed);
                result = changed == 0 ? result : result.With(field, mapped);
            }
        }

        return result;
    }

    LetterCase? CaseOf(Field field)
    {
        if (options.CaseByColumn.TryGetValue(field.Name, out var own))
        {
            return own;
        }

        var all = options.Columns.Count == 0 && options.CaseByColumn.Count == 0 && field.Format != "json";
        return all || options.Columns.Contains(field.Name) ? options.Case : null;
    }
}
