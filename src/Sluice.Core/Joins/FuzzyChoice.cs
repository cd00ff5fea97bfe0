using Sluice.Llm.RowSets;
using Sluice.Matching;
using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Joins;

/// <summary>The last part of a fuzzy join: of the pairs that are the same thing takes those that are wanted, the most similar first, and lets the others go.</summary>
sealed class FuzzyChoice(FuzzyJoin.Options options) : Step
{
    const byte Chosen = 1;

    // Low bits of a key: the number of the pair among those of its row, so that deciding knows which pairs are of one row.
    const int PlaceBits = 12;

    static readonly string[] hidden = [.. FuzzyPairs.Hidden.Append(FuzzyPairs.Place).Append(SamePairs.Same).Append(SamePairs.Said).Select(f => f.Name)];

    /// <summary>What was joined, for the version.</summary>
    /// <param name="Matches">Pairs that were taken.</param>
    /// <param name="CandidateRecall">How many pairs the search for candidates finds.</param>
    public sealed record Found(long Matches, BlockingRecall CandidateRecall);

    public override Schema Plan(Schema input, StepProblems problems) =>
        RowSet.Without(input, hidden).With(new Field(options.ScoreColumn, ColumnType.Float64));

    public override IReadOnlySet<string>? Observes(Schema input) => StepEffects.Names(options.On.Concat(hidden).Where(name => name != RowSet.Column));

    public override State? NewState(Schema input) => new RecallState();

    public override void Observe(Batch batch, State state)
    {
        var (same, sampled) = ((ValueColumn<bool>)batch[SamePairs.Same.Name], (ValueColumn<bool>)batch[FuzzyPairs.Sampled.Name]);
        for (var row = 0; row < batch.Rows; row++)
        {
            if (!same.IsNull(row) && same.Values[row] && !sampled.IsNull(row))
            {
                ((RecallState)state).Add(sampled.Values[row]);
            }
        }
    }

    public override bool IsKeyed => true;

    /// <summary>Pairs in the order in which they are taken: by similarity, row of the table, content of the row. Others have no key.</summary>
    public override RowKey[] Keys(Batch batch)
    {
        var same = (ValueColumn<bool>)batch[SamePairs.Same.Name];
        var scores = batch.Float64(SamePairs.Score.Name);
        var tableRows = batch.Int64(FuzzyPairs.TableRow.Name);
        var places = batch.Int64(FuzzyPairs.Place.Name);
        var content = RowTexts.Keys(batch.Select(StepEffects.Names(options.On)), options.On);
        var keys = new RowKey[batch.Rows];
        for (var row = 0; row < keys.Length; row++)
        {
            if (!same.IsNull(row) && same.Values[row])
            {
                // Of numbers that are not negative the greater has the greater bits.
                var dissimilarity = ~BitConverter.SingleToUInt32Bits((float)scores[row]);
                keys[row] = new RowKey(((ulong)dissimilarity << 32) | (uint)tableRows[row], (content[row].Low << PlaceBits) | (uint)places[row]);
            }
        }

        return keys;
    }

    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        var (taken, tableRows) = (new HashSet<(int, int)>(), new HashSet<uint>());
        var matches = 0L;
        foreach (var (key, batch, row) in rows)
        {
            var (first, tableRow) = ((batch, row - (int)(key.Low & ((1 << PlaceBits) - 1))), (uint)key.High);
            if (key == default || (options.Matches != FuzzyMatches.All && taken.Contains(first)) || (options.Matches == FuzzyMatches.OneToOne && tableRows.Contains(tableRow)))
            {
                continue;
            }

            if (options.Matches != FuzzyMatches.All)
            {
                taken.Add(first);
                tableRows.Add(tableRow);
            }

            decisions.Set(batch, row, Chosen);
            matches++;
        }

        return matches;
    }

    public override byte[] Fit(State? state, object? decided) => Fitted.Of(new Found((long)decided!, ((RecallState)state!).Recall));

    // The counts say nothing of a row.
    public override string ApplyKey(Fitted fitted) => "";

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var same = (ValueColumn<bool>)batch[SamePairs.Same.Name];
        var places = batch.Int64(FuzzyPairs.Place.Name);
        var unmatched = new HashSet<int>();
        var chosen = fitted.Decisions;
        for (var from = 0; from < batch.Rows;)
        {
            var to = from + 1;
            while (to < batch.Rows && places[to] > places[to - 1])
            {
                to++;
            }

            // The row itself goes on in the place of its first pair.
            var isMatched = chosen[from..to].Contains(Chosen);
            for (var row = from; row < to; row++)
            {
                if (chosen[row] == Chosen)
                {
                    continue;
                }

                if (row == from && !isMatched && options.How == FuzzyJoinKind.Left)
                {
                    unmatched.Add(row);
                    continue;
                }

                var reason = row == from && !isMatched ? "no_match" : same.IsNull(row) || !same.Values[row] ? PairVerdicts.NotSame : PairVerdicts.NotBest;
                verdicts.Fail(verdicts.Rule(reason, options.On[0], Severity.Low, rejects: true), row);
            }

            from = to;
        }

        return Joined(verdicts.Keep(batch), [.. Enumerable.Range(0, batch.Rows).Where(row => !verdicts.IsRejected(row)).Select(unmatched.Contains)]);
    }

    /// <summary>The rows with the similarity in its column; those that matched nothing without it and without values of the table.</summary>
    Batch Joined(Batch rows, bool[] isUnmatched)
    {
        int[] from = [.. isUnmatched.Select((none, row) => none ? rows.Rows : row)];
        var result = RowSet.Without(rows, hidden);

        for (var i = rows.Schema.IndexOf(FuzzyPairs.Place.Name); i < result.Schema.Count; i++)
        {
            result = result.With(result.Schema[i], Blanked(result[i], from));
        }

        return result.With(new Field(options.ScoreColumn, ColumnType.Float64), Blanked(rows[SamePairs.Score.Name], from));
    }

    static Column Blanked(Column column, int[] from) => column.Concat([column, ColumnReader.AllMissing(column.Type, 1)], column.Rows + 1).Take(from);
}
