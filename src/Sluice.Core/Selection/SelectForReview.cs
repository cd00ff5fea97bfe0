using Sluice.Embedding;
using Sluice.Joins;
using Sluice.Labels;
using Sluice.Steps;
using Sluice.Storage;
using Sluice.VectorSpace;

namespace Sluice.Selection;

/// <summary>
/// Chooses the rows that people should look at next, to find where a deployed model is weak: those it is unsure of, those that are unlike what it was made from, and those that nothing
/// reviewed is near to. Says of each why. The choice depends on rows and options alone, not on the order of the rows or the size of batches.
/// </summary>
[Step("select_for_review", Aliases = ["active_learning"])]
public sealed partial class SelectForReview(SelectForReview.Options options)
    : StepOverTable(options.Mix.Drift > 0 && options.Since is { } s ? TableReference.Of(s) : null)
{
    // Outside a run, as in a test, vectors of the earlier rows are kept in memory.
    VectorStore store = new(new MemoryStore());

    public override bool IsKeyed => true;

    public override int DecisionBytes => ReviewPick.Bytes;

    public override IReadOnlyList<(string Path, string Model)> Models => options.Features?.Models("features") ?? [];

    public override string DependsOn => base.DependsOn + options.Features?.DependsOn;

    /// <summary>The step on a run's store of vectors.</summary>
    internal SelectForReview On(VectorStore vectors)
    {
        var step = (SelectForReview)MemberwiseClone();
        step.store = vectors;
        return step;
    }

    public override VectorSource? Vectors(Schema input) => options.Mix.Drift + options.Mix.Coverage > 0 ? options.Features : null;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        options.Features?.Plan(input, problems);
        if (Reference is not null)
        {
            var earlier = new StepProblems();
            options.Features?.Plan(Table.Rows.Schema, earlier);
            foreach (var (_, message) in earlier.Items)
            {
                problems.Add("since", $"The earlier rows cannot be compared with. {message}");
            }
        }

        foreach (var (path, name) in options.ProbabilityColumns.Select((name, i) => ($"probability_columns[{i}]", name)).Concat(options.DoubtColumn is { } doubt ? [("doubt_column", doubt)] : []))
        {
            if (problems.Column(input, path, name) && !Numbers.IsNumber(input[name].Type) && !Schemas.Unify.IsOpen(input[name]))
            {
                problems.Add(path, $"Column '{name}' is {input[name].Type}; expected numbers.");
            }
        }

        if (options.ReviewedColumn is { } reviewed && problems.Column(input, "reviewed_column", reviewed)
            && input[reviewed].Type != ColumnType.Boolean && !Schemas.Unify.IsOpen(input[reviewed]))
        {
            problems.Add("reviewed_column", $"Column '{reviewed}' is {input[reviewed].Type}; expected Boolean: true for rows that were reviewed.");
        }

        return Added().Aggregate(input, (output, added) =>
        {
            if (output.Has(added.Field.Name))
            {
                problems.Add(added.Path, $"Column '{added.Field.Name}' is already there. Choose another {added.Path}.");
            }

            return output.With(added.Field);
        });
    }

    (string Path, Field Field)[] Added() =>
    [
        ("rank_column", new Field(options.RankColumn, ColumnType.Int64)), ("reason_column", new Field(options.ReasonColumn, ColumnType.Text)),
        ("score_column", new Field(options.ScoreColumn, ColumnType.Float64)),
    ];

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted.Where(input.Has).ToHashSet(StringComparer.Ordinal);

    /// <summary>First what rows are compared by, with whether the row was reviewed in the last bit; then the doubt, and the content of the row.</summary>
    public override RowKey[] Keys(Batch batch)
    {
        var content = RowHash.Rows(batch.Columns, batch.Rows);
        var compared = options.Features is null ? content : EarlierTable.Keys(batch, options.Features);
        var doubts = Doubts(batch);
        var reviewed = options.ReviewedColumn is { } name ? (ValueColumn<bool>)batch[name] : null;
        for (var row = 0; row < content.Length; row++)
        {
            var isReviewed = reviewed is not null && !reviewed.IsNull(row) && reviewed.Values[row];
            content[row] = ReviewCandidate.Key(compared[row].High, isReviewed, doubts[row], content[row].Low);
        }

        return content;
    }

    // 0: in no doubt.
    double[] Doubts(Batch batch)
    {
        var doubts = new double[batch.Rows];
        if (options.DoubtColumn is { } name)
        {
            var given = Numbers.Of(batch[name]);
            for (var row = 0; row < given.Length; row++)
            {
                doubts[row] = double.IsFinite(given[row]) ? Math.Max(0, given[row]) : 0;
            }

            return doubts;
        }

        double[][] columns = [.. options.ProbabilityColumns.Select(column => Numbers.Of(batch[column]).ToArray())];
        var chances = new double[columns.Length];
        for (var row = 0; row < batch.Rows && chances.Length > 0; row++)
        {
            for (var i = 0; i < chances.Length; i++)
            {
                chances[i] = row < columns[i].Length ? columns[i][row] : double.NaN;
            }

            doubts[row] = Array.TrueForAll(chances, double.IsFinite) ? Math.Max(0, AutoLabel.Doubt(chances, options.Uncertainty)) : 0;
        }

        return doubts;
    }

    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        var choice = new ReviewChooser(options, rows, Reference is null ? null : new EarlierTable(Table.Rows, options.Features!, store));
        var picks = choice.Choose();
        var at = 0;
        foreach (var row in rows)
        {
            if (picks.TryGetValue(at, out var pick))
            {
                pick.Write(decisions.Row(row.Batch, row.Row));
            }

            at++;
        }

        return choice.Report;
    }

    public override byte[] Fit(State? state, object? decided) => Fitted.Of((ReviewChoiceReport)decided!);

    /// <summary>Apply depends on the decisions of the batch's own rows.</summary>
    public override string ApplyKey(Fitted fitted) => "";

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var (ranks, scores) = (new ValueBuilder<long>(ColumnType.Int64, batch.Rows), new ValueBuilder<double>(ColumnType.Float64, batch.Rows));
        var reasons = new TextBuilder(batch.Rows);
        var others = options.Action == SelectAction.Keep ? verdicts.Rule("not_selected", rejects: true) : -1;
        for (var row = 0; row < batch.Rows; row++)
        {
            if (ReviewPick.Read(fitted.Decisions.Slice(row * ReviewPick.Bytes, ReviewPick.Bytes)) is not { } pick)
            {
                ranks.AppendNull();
                reasons.AppendNull();
                scores.AppendNull();
                if (others >= 0)
                {
                    verdicts.Fail(others, row);
                }

                continue;
            }

            ranks.Append(pick.Rank);
            reasons.Append(ReviewPick.Name(pick.Reason));
            if (double.IsFinite(pick.Score))
            {
                scores.Append(pick.Score);
            }
            else
            {
                scores.AppendNull();
            }

            verdicts.Fail(verdicts.Rule(System.Text.Encoding.UTF8.GetString(ReviewPick.Name(pick.Reason)), options.RankColumn), row);
        }

        var columns = new Column[] { ranks.Build(), reasons.Build(), scores.Build() };
        return verdicts.Keep(Added().Zip(columns).Aggregate(batch, (result, added) => result.With(added.First.Field, added.Second)));
    }
}
