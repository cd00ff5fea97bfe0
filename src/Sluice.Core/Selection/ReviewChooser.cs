using Sluice.Profiles;
using Sluice.Steps;
using Sluice.VectorSpace;

namespace Sluice.Selection;

/// <summary>Spends a budget of reviews on rows, criterion by criterion. Memory is a few numbers a row.</summary>
sealed class ReviewChooser
{
    readonly SelectForReview.Options options;
    readonly VectorRows? vectors;
    readonly EarlierTable? earlier;
    readonly List<ReviewCandidate> rows = [];
    readonly HashSet<ulong> done = [];
    readonly List<(int Row, ReviewReason Reason, double Score, double Turn)> chosen = [];
    readonly List<CriterionReport> criteria = [];
    (IReadOnlyList<VectorDriftTest>? Tests, bool IsDrift) drift;

    public ReviewChooser(SelectForReview.Options options, KeyedRows walk, EarlierTable? earlier)
    {
        (this.options, this.earlier, vectors) = (options, earlier, walk.Vectors);
        foreach (var row in walk)
        {
            rows.Add(ReviewCandidate.Of(row.Key));
            if (rows[^1].IsReviewed)
            {
                done.Add(rows[^1].Content);
            }
        }
    }

    public ReviewChoiceReport Report => new(rows.Count, rows.Count(r => r.IsReviewed), chosen.Count, criteria, drift.Tests, drift.IsDrift);

    /// <summary>The chosen rows by their place in the walk.</summary>
    public Dictionary<int, ReviewPick> Choose()
    {
        var free = rows.Count(r => !r.IsReviewed);
        var budget = (int)Math.Min(free, options.Count ?? Math.Round(options.Share!.Value * free, MidpointRounding.AwayFromZero));
        var left = 0;
        foreach (var (reason, wanted) in Parts(budget))
        {
            var before = chosen.Count;
            foreach (var (row, score) in RankedBy(reason))
            {
                if (chosen.Count - before == wanted + left)
                {
                    break;
                }

                // What is equal to a row that a person has seen, or will see, tells nothing new.
                if (done.Add(rows[row].Content))
                {
                    chosen.Add((row, reason, score, 0));
                }
            }

            var found = chosen.Count - before;
            criteria.Add(new CriterionReport(reason, wanted + left, found));
            left = wanted + left - found;
            for (var i = before; i < chosen.Count; i++)
            {
                chosen[i] = chosen[i] with { Turn = (i - before + 0.5) / found };
            }
        }

        // Whoever stops half way has looked at half of each.
        return chosen.OrderBy(c => c.Turn).ThenBy(c => c.Reason).Select((c, i) => (c.Row, Pick: new ReviewPick(i + 1, c.Reason, c.Score))).ToDictionary(c => c.Row, c => c.Pick);
    }

    IEnumerable<(int Row, double Score)> RankedBy(ReviewReason reason) => reason switch
    {
        ReviewReason.Uncertain => Uncertain(),
        ReviewReason.Drifted => Drifted(),
        _ => Uncovered(),
    };

    // Parts in proportion, what rounding leaves to the first.
    IEnumerable<(ReviewReason Reason, int Wanted)> Parts(int budget)
    {
        (ReviewReason Reason, double Part)[] parts =
        [
            .. new[] { (ReviewReason.Uncertain, options.Mix.Uncertainty), (ReviewReason.Drifted, options.Mix.Drift), (ReviewReason.CoverageGap, options.Mix.Coverage) }.Where(p => p.Item2 > 0),
        ];
        var (sum, given) = (parts.Sum(p => p.Part), 0.0);
        foreach (var (reason, part) in parts)
        {
            var before = Math.Round(budget * (given / sum), MidpointRounding.AwayFromZero);
            given += part;
            yield return (reason, (int)(Math.Round(budget * (given / sum), MidpointRounding.AwayFromZero) - before));
        }
    }

    IEnumerable<(int Row, double Score)> Uncertain() => Enumerable.Range(0, rows.Count).Where(row => rows[row].Doubt > 0)
        .OrderByDescending(row => rows[row].Doubt).ThenBy(row => row).Select(row => (row, (double)rows[row].Doubt));

    /// <summary>As <see cref="VectorDrift"/> does: rows that both have are no change; the more surely a classifier tells a row from the earlier ones, the less like them it is.</summary>
    IEnumerable<(int Row, double Score)> Drifted()
    {
        drift = ([], false);
        var (known, present) = (earlier!.Contents(), rows.Select(r => r.Content).ToHashSet());
        var before = earlier.Sample(present, vectors!.Scale, VectorDrift.MostRows);
        before = VectorRows.Together([before, vectors]).Slice(0, before.Rows);
        var seen = new HashSet<ulong>();
        var own = Enumerable.Range(0, rows.Count).Where(row => !known.Contains(rows[row].Content) && seen.Add(rows[row].Content)).ToList();
        if (Math.Min(before.Rows, own.Count) < VectorDrift.FewestRows)
        {
            yield break;
        }

        var after = vectors.Pick([.. own.Take(VectorDrift.MostRows)]);
        var change = VectorChange.Of(before, after, CancellationToken.None);
        drift = (change.Tests, change.IsDrift(options.FalseAlarms));
        if (!drift.IsDrift)
        {
            yield break;
        }

        foreach (var found in own.Select(row => (Row: row, Chance: change.Chance(vectors[row]))).Where(r => r.Chance > 0.5).OrderByDescending(r => r.Chance).ThenBy(r => r.Row))
        {
            yield return found;
        }
    }

    IEnumerable<(int Row, double Score)> Uncovered()
    {
        var (some, numbers) = options.Features!.Cell is null ? (vectors!, Enumerable.Range(0, rows.Count).ToArray()) : SelectRows.WithVector(vectors!);
        var taken = chosen.Select(c => c.Row).ToHashSet();
        var anchors = Enumerable.Range(0, some.Rows).Where(i => rows[numbers[i]].IsReviewed || taken.Contains(numbers[i]));
        var candidates = new Candidates(some, [.. anchors], rows.Count, 0);
        return SelectionMethods.Of(SelectBy.KCenter).Choose(candidates, CancellationToken.None).Select(pick => (numbers[pick.Row], pick.Value));
    }
}
