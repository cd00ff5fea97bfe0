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
    readonly TrainSet train;
    readonly Lock gate = new();
    (byte[] Json, ImputeTable Table)? built;

    public ImputeMissing(Options options)
        : this(options, strict: true)
    {
    }

    internal ImputeMissing(Options options, bool strict)
    {
        this.options = options;
        train = new TrainSet(options.SplitColumn, options.FitOn);
        choice = new ColumnChoice(options.Columns, f => f.Format != "json" && f.Name != options.SplitColumn, "any column but JSON and the split", strict);
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

        /// <summary>Set to learn from, where <c>split_column</c> is there. Default: train.</summary>
        [MinLength(1)]
        public string FitOn { get; init; } = "train";

        /// <summary>Column with the name of each row's set; where it is not there, or this is empty, all rows are learned from. Default: split.</summary>
        public string SplitColumn { get; init; } = "split";
    }

    public override int CodeVersion => 2;

    public override bool Cleans => true;

    public override TrainSet? LearnsFrom => train;

    /// <summary>It holds a row against what it learned of all its columns: tens of microseconds.</summary>
    public override double ApplyCost(Schema input) => 6_000;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        choice.Plan(input, problems);
        train.Plan(input, problems);
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

    public override State NewState(Schema input) => new TrainState<TextRowSample>(new TextRowSample(options.MaxRows));

    public override void Observe(Batch batch, State state)
    {
        var seen = (TrainState<TextRowSample>)state;
        seen.Seen.Add(CellTexts.Of(WithoutSplit(seen.Add(batch, train))));
    }

    public override byte[] Fit(State? state, object? decided)
    {
        var seen = (TrainState<TextRowSample>)state!;
        seen.Require(train, "impute_missing");
        return Fitted.Of(seen.Seen.Rows(maxCopies: 1).ToArray());
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var rows = WithoutSplit(batch);
        var (result, texts, table) = (batch, CellTexts.Of(rows), Table(rows.Schema, fitted));
        int[] chosen = [.. Enumerable.Range(0, rows.Schema.Count).Where(c => choice.Has(rows.Schema[c]))];
        var guesses = Guesses(rows, texts, table, chosen);
        foreach (var column in chosen)
        {
            var (field, values) = (rows.Schema[column], guesses.GetValueOrDefault(column) ?? []);
            foreach (var row in values.Keys)
            {
                verdicts.Fail(verdicts.Rule("imputed_value", field.Name), row);
            }

            result = values.Count == 0 ? result : result.With(field, CellPatch.Put(field, rows[column], values));
            verdicts.Change("impute_missing", field.Name, values.Count);
            if (options.MarkColumns)
            {
                result = result.With(new Field(Mark(field.Name), ColumnType.Boolean, false), Marks(batch.Rows, values));
            }
        }

        return result;
    }

    // Which set a row is in says nothing of its values, and new rows are in none.
    Batch WithoutSplit(Batch batch) =>
        train.IsIn(batch.Schema) ? batch.Select(batch.Schema.Select(f => f.Name).Where(name => name != train.Column).ToHashSet(StringComparer.Ordinal)) : batch;

    /// <summary>What to fill in, by column and row. Row by row, so that what a row gives is looked up once however many of its cells are missing.</summary>
    Dictionary<int, Dictionary<int, string?>> Guesses(Batch batch, Batch texts, ImputeTable table, int[] chosen)
    {
        var guesses = new Dictionary<int, Dictionary<int, string?>>();
        foreach (var missing in chosen.SelectMany(c => MissingCells.Rows(batch[c]).Select(row => (row, column: c))).GroupBy(cell => cell.row, cell => cell.column).OrderBy(g => g.Key))
        {
            var given = table.Given(texts, missing.Key);
            foreach (var column in missing)
            {
                if (table.Guess(given, column, options.Method, options.Neighbours) is { } guess && CellPatch.Fits(batch.Schema[column], guess))
                {
                    (guesses.TryGetValue(column, out var values) ? values : guesses[column] = []).Add(missing.Key, guess);
                }
            }
        }

        return guesses;
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
