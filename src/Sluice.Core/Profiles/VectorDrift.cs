using Sluice.Embedding;
using Sluice.Maps;
using Sluice.VectorSpace;

namespace Sluice.Profiles;

/// <summary>Whether what rows say has changed between two tables, by their vectors: a shift that no single column shows.</summary>
/// <param name="RowsBefore">Rows of the first that the second does not have; all of them where it has nothing else.</param>
/// <param name="RowsAfter">Rows of the second that the first does not have; all of them where it has nothing else.</param>
/// <param name="FalseAlarms">Share of comparisons of tables from one source in which drift is reported.</param>
/// <param name="Tests">The tests; none where there are too few rows, or nothing is different.</param>
/// <param name="Separation">
/// How well a linear classifier tells unseen rows of the two apart (area under the curve): 0.5 not at all, 1 always. How much has changed, where the p-values say how certain it is.
/// </param>
/// <param name="NewKinds">Rows of the second that are least like the first, the most unlike first.</param>
public sealed record VectorDrift(
    long RowsBefore, long RowsAfter, double FalseAlarms, IReadOnlyList<VectorDriftTest> Tests, double? Separation, IReadOnlyList<string> NewKinds)
{
    // Fewer rows say nothing certain; more cost more than they tell.
    public const int FewestRows = 20, MostRows = 2_000;
    const int MaxShown = 10;

    /// <summary>Whether one of the tests is surer than chance allows, their number accounted for.</summary>
    public bool IsDrift => VectorChange.IsDrift(Tests, FalseAlarms);

    /// <param name="before">The first table; it is read twice.</param>
    /// <param name="after">The second; it is read twice.</param>
    /// <param name="source">What rows are compared by.</param>
    /// <param name="vectors">Where vectors of texts are kept.</param>
    /// <param name="falseAlarms">Share of false alarms that is allowed, more than 0 and less than 1; below 0.003, the permutation tests alone cannot tell.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="DataException">A column is missing or cannot be compared by.</exception>
    public static async Task<VectorDrift> OfAsync(
        Func<IAsyncEnumerable<Batch>> before, Func<IAsyncEnumerable<Batch>> after, VectorSource source, VectorStore vectors, double falseAlarms, CancellationToken cancellation)
    {
        // Rows that both have are no change, and would hide one.
        var both = await SharedRows.OfAsync(before, after, cancellation);
        var (left, right) = (await both.BeforeAsync(MostRows, cancellation), await both.AfterAsync(MostRows, cancellation));
        var nothing = new VectorDrift(left?.Total ?? 0, right?.Total ?? 0, falseAlarms, [], null, []);
        if (left is null || right is null || Math.Min(left.Rows.Rows, right.Rows.Rows) < FewestRows)
        {
            return nothing;
        }

        var (first, second) = await PlacedAsync(left.Rows, right.Rows, source, vectors, cancellation);
        var change = VectorChange.Of(first, second, cancellation);
        return nothing with
        {
            Tests = change.Tests,
            Separation = Math.Round(change.Separation, 4),
            NewKinds =
            [
                .. Enumerable.Range(0, second.Rows).Select(row => (Row: row, Chance: change.Chance(second[row]))).OrderByDescending(c => c.Chance).ThenBy(c => c.Row).Take(MaxShown)
                    .Select(c => ShownRows.Snippet(right.Rows, c.Row, source)),
            ],
        };
    }

    // Columns are brought to one scale, that of both tables together.
    static async Task<(VectorRows First, VectorRows Second)> PlacedAsync(Batch left, Batch right, VectorSource source, VectorStore vectors, CancellationToken cancellation)
    {
        source.Check(left.Schema);
        source.Check(right.Schema);
        var (first, second) = (await source.RawAsync(left, vectors, cancellation), await source.RawAsync(right, vectors, cancellation));
        if (source.Cell is not null)
        {
            var together = VectorRows.Together([first, second]);
            return (together.Slice(0, first.Rows), together.Slice(first.Rows, second.Rows));
        }

        var all = VectorScale.Scaled(new VectorRows([first.From(0, first.Rows).ToArray(), second.From(0, second.Rows).ToArray()], first.Dimensions));
        return (new VectorRows(all.From(0, first.Rows).ToArray(), first.Dimensions), new VectorRows(all.From(first.Rows, second.Rows).ToArray(), first.Dimensions));
    }
}
