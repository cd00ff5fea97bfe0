using Sluice.Embedding;
using Sluice.VectorSpace;

namespace Sluice.Maps;

/// <summary>A table as a picture: each row a place near those that are like it, with what stands out.</summary>
/// <param name="Rows">Rows of the table.</param>
/// <param name="Places">Two numbers a shown row.</param>
/// <param name="Snippets">What each shown row says, cut.</param>
/// <param name="Colours">Columns to colour by: each with the value of every shown row.</param>
/// <param name="Neighbours">Numbers of the nearest shown rows, <paramref name="NeighbourCount"/> for each.</param>
/// <param name="NeighbourCount">Neighbours of each row.</param>
/// <param name="Holes">Shown rows that nothing near covers, the least covered first, each with its distance.</param>
/// <param name="SuspectedLabels">Shown rows whose neighbours agree on another label, the surest first.</param>
public sealed record DatasetMap(
    long Rows, float[] Places, IReadOnlyList<string> Snippets, IReadOnlyList<MapColour> Colours, int[] Neighbours, int NeighbourCount, IReadOnlyList<CoverageHole> Holes,
    IReadOnlyList<SuspectedLabel> SuspectedLabels)
{
    public const int MaxShown = 10_000;
    const int Nearest = 10, MaxFindings = 100;

    // A label is suspected when at least so many of ten neighbours agree on another one and at most so many have it.
    const int AgreeOnOther = 7, AgreeOnOwn = 2;

    /// <param name="batches">The table.</param>
    /// <param name="source">What rows are compared by.</param>
    /// <param name="colours">Columns to colour by.</param>
    /// <param name="label">Column whose values are doubted where neighbours disagree; null for none.</param>
    /// <param name="split">Column that names the set of a row, for holes: rows of other sets that no row of the set <paramref name="train"/> is near to; null: rows that none is near to.</param>
    /// <param name="train">Name of the set that should cover the others.</param>
    /// <param name="isTsne">Whether rows are laid out by t-SNE; else so that neighbours stay neighbours, as UMAP does.</param>
    /// <param name="vectors">Where vectors of texts are kept.</param>
    /// <param name="seed">Of the layout.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="DataException">A column is missing or cannot be compared by.</exception>
    public static async Task<DatasetMap> OfAsync(
        IAsyncEnumerable<Batch> batches, VectorSource source, IReadOnlyList<string> colours, string? label, string? split, string train, bool isTsne, VectorStore vectors,
        ulong seed, CancellationToken cancellation)
    {
        var shown = await ShownRows.OfAsync(batches, MaxShown, cancellation);
        foreach (var column in new[] { label, split }.OfType<string>().Concat(colours).Concat(source.Names))
        {
            if (!shown.Rows.Schema.Has(column))
            {
                throw new DataException($"There is no column '{column}'. Columns: {shown.Rows.Schema.Names}.");
            }
        }

        using var table = await source.ReadAsync(shown.Rows, vectors, cancellation);
        var nearest = NearestRows.Of(table, Nearest, cancellation);
        return new DatasetMap(
            shown.Total, isTsne ? Tsne.Learn(table, 2, Tsne.DefaultPerplexity, seed, cancellation) : NeighbourLayout.Learn(table, 2, seed, cancellation), [.. Enumerable.Range(0, table.Rows).Select(row => ShownRows.Snippet(shown.Rows, row, source))],
            [.. new[] { split, label }.OfType<string>().Concat(colours).Distinct().Select(name => MapColour.Of(name, shown.Rows[name]))],
            nearest.Rows, nearest.Neighbours, FindHoles(table, nearest, split is null ? null : shown.Rows[split], train),
            label is null ? [] : Doubt(nearest, shown.Rows[label]));
    }

    // Beyond Tukey's far fence of all such distances.
    static List<CoverageHole> FindHoles(VectorRows table, NearestRows nearest, Column? sets, string train)
    {
        if (nearest.Neighbours == 0)
        {
            return [];
        }

        var distances = sets is null
            ? [.. Enumerable.Range(0, table.Rows).Select(row => (Row: row, Distance: MathF.Sqrt(nearest.SquaresOf(row)[0])))]
            : FromTrain(table, sets, train);
        if (distances.Count == 0)
        {
            return [];
        }

        var sorted = distances.Select(d => d.Distance).Order().ToArray();
        var (first, third) = (sorted[sorted.Length / 4], sorted[sorted.Length * 3 / 4]);
        return [.. distances.Where(d => d.Distance > third + (3 * (third - first)) && d.Distance > 0)
            .OrderByDescending(d => d.Distance).ThenBy(d => d.Row).Take(MaxFindings).Select(d => new CoverageHole(d.Row, d.Distance))];
    }

    static List<(int Row, float Distance)> FromTrain(VectorRows table, Column sets, string train)
    {
        var inTrain = Enumerable.Range(0, table.Rows).Where(row => !sets.IsNull(row) && sets.Display(row) == train).ToArray();
        if (inTrain.Length == 0)
        {
            throw new DataException($"No row is in the set '{train}'. Name the set that should cover the others with --train.");
        }

        var least = new float[table.Rows];
        Array.Fill(least, float.PositiveInfinity);
        var points = inTrain.SelectMany(row => table[row].ToArray()).ToArray();
        Parallel.For(0, table.Rows, row => Distances.Lower(table[row], points, table.Dimensions, least.AsSpan(row, 1)));
        return [.. Enumerable.Range(0, table.Rows).Except(inTrain).Select(row => (row, MathF.Sqrt(least[row])))];
    }

    static List<SuspectedLabel> Doubt(NearestRows nearest, Column labels)
    {
        var found = new List<SuspectedLabel>();
        for (var row = 0; row < labels.Rows && nearest.Neighbours == Nearest; row++)
        {
            if (labels.IsNull(row))
            {
                continue;
            }

            var own = labels.Display(row);
            var votes = nearest.RowsOf(row).ToArray().Where(other => !labels.IsNull(other)).CountBy(other => labels.Display(other)).ToDictionary();
            var (other, count) = votes.OrderByDescending(v => v.Value).ThenBy(v => v.Key, StringComparer.Ordinal).FirstOrDefault();
            if (other != own && count >= AgreeOnOther && votes.GetValueOrDefault(own) <= AgreeOnOwn)
            {
                found.Add(new SuspectedLabel(row, own, other, count));
            }
        }

        return [.. found.OrderByDescending(s => s.Votes).ThenBy(s => s.Row).Take(MaxFindings)];
    }
}

/// <summary>A row that nothing near covers.</summary>
/// <param name="Row">Shown row.</param>
/// <param name="Distance">From the nearest row that should cover it.</param>
public sealed record CoverageHole(int Row, float Distance);

/// <summary>A row whose neighbours have another label.</summary>
/// <param name="Row">Shown row.</param>
/// <param name="Given">Its label.</param>
/// <param name="Suggested">That of most neighbours.</param>
/// <param name="Votes">How many of ten.</param>
public sealed record SuspectedLabel(int Row, string Given, string Suggested, int Votes);

/// <summary>A column to colour by: numbers as they are, anything else by its most frequent values.</summary>
/// <param name="Name">Column.</param>
/// <param name="Numbers">A number for each row, NaN where missing; null for kinds.</param>
/// <param name="Kinds">The most frequent values, the last standing for all others where there are more than twelve; null for numbers.</param>
/// <param name="Kind">Which of the kinds each row has; −1 where missing.</param>
public sealed record MapColour(string Name, float[]? Numbers, IReadOnlyList<string>? Kinds, int[]? Kind)
{
    const int MaxKinds = 12;

    public static MapColour Of(string name, Column column)
    {
        if (Steps.Numbers.IsOrdered(column.Type))
        {
            var numbers = Steps.Numbers.Of(column).ToArray();
            if (numbers.Where(double.IsFinite).Distinct().Take(MaxKinds + 1).Count() > MaxKinds)
            {
                return new MapColour(name, [.. numbers.Select(n => double.IsFinite(n) ? (float)n : float.NaN)], null, null);
            }
        }

        var values = Enumerable.Range(0, column.Rows).Select(row => column.IsNull(row) ? null : column.Display(row)).ToArray();
        var kinds = values.OfType<string>().CountBy(v => v).OrderByDescending(v => v.Value).ThenBy(v => v.Key, StringComparer.Ordinal).Select(v => v.Key).ToList();
        if (kinds.Count > MaxKinds)
        {
            kinds = [.. kinds.Take(MaxKinds - 1), "(others)"];
        }

        var numbered = kinds.Select((kind, i) => (kind, i)).ToDictionary(k => k.kind, k => k.i, StringComparer.Ordinal);
        return new MapColour(name, null, kinds, [.. values.Select(v => v is null ? -1 : numbered.GetValueOrDefault(v, kinds.Count - 1))]);
    }
}
