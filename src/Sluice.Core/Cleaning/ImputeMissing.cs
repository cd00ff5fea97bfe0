using System.ComponentModel.DataAnnotations;
using Sluice.Repair;
using Sluice.Steps;

namespace Sluice.Cleaning;

/// <summary>How a missing value is worked out from the other columns of its row.</summary>
public enum ImputeMethod
{
    /// <summary>From the most similar rows: their mean for numbers, their most frequent value for others.</summary>
    Knn,

    /// <summary>From a model of the column: ridge regression for numbers, naive Bayes for others.</summary>
    Model,
}

/// <summary>
/// Fills a missing value with what the other columns of its row suggest, learned from a sample of rows chosen by content, so that batches and their
/// order make no difference. Every filled cell is evidence (<c>imputed_value</c>); with <c>mark_columns</c> each filled column gets a column that
/// says which of its cells were filled.
/// </summary>
[Step("impute_missing")]
public sealed class ImputeMissing : Step
{
    readonly Options options;
    readonly ColumnChoice choice;
    readonly Lock gate = new();
    (byte[] Json, ImputeTable Table)? built;

    public ImputeMissing(Options options)
        : this(options, strict: true)
    {
    }

    internal ImputeMissing(Options options, bool strict)
    {
        this.options = options;
        choice = new ColumnChoice(options.Columns, f => f.Format != "json", "any column but JSON", strict);
    }

    public sealed record Options
    {
        /// <summary>Columns to fill. Default: all but JSON ones.</summary>
        public IReadOnlyList<string> Columns { get; init; } = [];

        /// <summary><c>knn</c> (the most similar rows) or <c>model</c> (ridge regression, naive Bayes). Default: knn.</summary>
        public ImputeMethod Method { get; init; } = ImputeMethod.Knn;

        /// <summary>For knn: similar rows to take the value from, 1 to 100. Default: 5.</summary>
        [Range(1, 100)]
        public int Neighbours { get; init; } = 5;

        /// <summary>Different rows to learn from at most, 10 to 20,000. Default: 2,000.</summary>
        [Range(10, 20_000)]
        public int MaxRows { get; init; } = 2_000;

        /// <summary>Adds a boolean column <c>NAME_imputed</c> for each of <c>columns</c>, which must then be given. Default: false.</summary>
        public bool MarkColumns { get; init; }
    }

    public override Schema Plan(Schema input, StepProblems problems)
    {
        choice.Plan(input, problems);
        if (!options.MarkColumns)
        {
            return input;
        }

        if (options.Columns.Count == 0)
        {
            problems.Add("mark_columns", "It adds a column for each of columns, but columns is not given. Name the columns to fill.");
        }

        var result = input;
        foreach (var field in input.Where(choice.Has).ToList())
        {
            if (input.Has(Mark(field.Name)))
            {
                problems.Add("mark_columns", $"It would add the column '{Mark(field.Name)}', which is there already. Rename that one.");
            }

            result = result.With(new Field(Mark(field.Name), ColumnType.Boolean, false));
        }

        return result;
    }

    public override State NewState(Schema input) => new TextRowSample(options.MaxRows);

    public override void Observe(Batch batch, State state) => ((TextRowSample)state).Add(CellTexts.Of(batch));

    public override byte[] Fit(State? state, object? decided) => Fitted.Of(((TextRowSample)state!).Rows(maxCopies: 1).ToArray());

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var (result, texts) = (batch, CellTexts.Of(batch));
        var table = Table(batch.Schema, fitted);
        for (var column = 0; column < batch.Schema.Count; column++)
        {
            var field = batch.Schema[column];
            if (!choice.Has(field))
            {
                continue;
            }

            var values = new Dictionary<int, string?>();
            foreach (var row in MissingCells.Rows(batch[column]))
            {
                if (table.Guess(texts, row, column, options.Method, options.Neighbours) is { } guess && CellPatch.Fits(field, guess))
                {
                    values[row] = guess;
                    verdicts.Fail(verdicts.Rule("imputed_value", field.Name), row);
                }
            }

            result = values.Count == 0 ? result : result.With(field, CellPatch.Put(field, batch[column], values));
            verdicts.Change("impute_missing", field.Name, values.Count);
            if (options.MarkColumns)
            {
                result = result.With(new Field(Mark(field.Name), ColumnType.Boolean, false), Marks(batch.Rows, values));
            }
        }

        return result;
    }

    static string Mark(string column) => column + "_imputed";

    static ValueColumn<bool> Marks(int rows, Dictionary<int, string?> values)
    {
        var marks = new bool[rows];
        foreach (var row in values.Keys)
        {
            marks[row] = true;
        }

        return new ValueColumn<bool>(ColumnType.Boolean, marks);
    }

    // Models are fitted on first use: the same for every batch.
    ImputeTable Table(Schema schema, Fitted fitted)
    {
        lock (gate)
        {
            if (built is not { } known || !known.Json.AsSpan().SequenceEqual(fitted.Json))
            {
                built = (fitted.Json, new ImputeTable(schema, fitted.As<string?[][]>()));
            }

            return built.Value.Table;
        }
    }
}
