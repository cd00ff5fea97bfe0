namespace Sluice.Embedding;

/// <summary>Where in a sample the parts are that a filter means.</summary>
public enum PartPlace
{
    /// <summary>The first ones, such as a class token.</summary>
    Start,

    /// <summary>The last ones.</summary>
    End,

    /// <summary>Any, drawn by a seed and the row's key, so that a row's draw does not depend on other rows.</summary>
    Random,
}

/// <summary>How the vectors of a sample's parts become one.</summary>
public enum PartGroup
{
    Mean,
    Max,
    Min,
    First,
    Last,
}

/// <summary>
/// Samples of several vectors each: tokens of a text. What is made of them is the caller's choice, in Goldener's two ways: every part a vector of its own
/// (<see cref="RowOf"/> says whose), or one vector for the group (<see cref="Group"/>); before that, parts can be kept or left out.
/// </summary>
/// <param name="keys">Key of each row's content.</param>
/// <param name="starts">Rows + 1 positions: the parts of row r are [starts[r], starts[r + 1]).</param>
/// <param name="vectors">Parts × dimensions.</param>
/// <param name="dimensions">Numbers of one vector.</param>
public sealed class PartTable(RowKey[] keys, int[] starts, float[] vectors, int dimensions)
{
    public int Rows => keys.Length;

    public int Parts => starts[^1];

    public int Dimensions => dimensions;

    public ReadOnlySpan<RowKey> Keys => keys;

    /// <summary>All vectors, by rows and parts.</summary>
    public ReadOnlySpan<float> Values => vectors;

    /// <summary>One part.</summary>
    public ReadOnlySpan<float> this[int part] => vectors.AsSpan(part * dimensions, dimensions);

    /// <summary>Parts of a row; none where the text is empty.</summary>
    public Range Of(int row) => starts[row]..starts[row + 1];

    /// <summary>The row that a part is of.</summary>
    public int RowOf(int part)
    {
        var found = Array.BinarySearch(starts, part);
        if (found < 0)
        {
            return ~found - 1;
        }

        // Rows without parts begin where the next one does.
        while (starts[found + 1] == part)
        {
            found++;
        }

        return found;
    }

    /// <summary>The same rows with at most so many parts each, or without so many.</summary>
    /// <param name="count">Parts.</param>
    /// <param name="place">Which.</param>
    /// <param name="keeps">Whether those are kept or left out.</param>
    /// <param name="seed">Seed of a random choice.</param>
    public PartTable Filter(int count, PartPlace place, bool keeps = true, ulong seed = 0)
    {
        var chosen = new List<int>();
        var begins = new int[Rows + 1];
        for (var row = 0; row < Rows; row++)
        {
            var parts = Enumerable.Range(starts[row], starts[row + 1] - starts[row]);
            var meant = place switch
            {
                PartPlace.Start => parts.Take(count),
                PartPlace.End => parts.TakeLast(count),
                _ => parts.OrderBy(part => RowHash.Mix(keys[row].Low ^ seed, keys[row].High + (ulong)(part - starts[row]))).Take(count).Order(),
            };
            chosen.AddRange(keeps ? meant : parts.Except(meant));
            begins[row + 1] = chosen.Count;
        }

        var kept = new float[chosen.Count * dimensions];
        for (var i = 0; i < chosen.Count; i++)
        {
            this[chosen[i]].CopyTo(kept.AsSpan(i * dimensions));
        }

        return new PartTable(keys, begins, kept, dimensions);
    }

    /// <summary>One vector a row: its parts' mean, largest or smallest numbers, first or last. Without parts it is 0.</summary>
    public VectorTable Group(PartGroup how)
    {
        var (grouped, counts) = (new float[Rows * dimensions], new int[Rows]);
        for (var row = 0; row < Rows; row++)
        {
            counts[row] = starts[row + 1] - starts[row];
            var into = grouped.AsSpan(row * dimensions, dimensions);
            for (var part = starts[row]; part < starts[row + 1]; part++)
            {
                Combine(into, this[part], how, isFirst: part == starts[row]);
            }

            for (var i = 0; i < dimensions && how == PartGroup.Mean && counts[row] > 0; i++)
            {
                into[i] /= counts[row];
            }
        }

        return new VectorTable(keys, grouped, counts, dimensions);
    }

    static void Combine(Span<float> into, ReadOnlySpan<float> part, PartGroup how, bool isFirst)
    {
        for (var i = 0; i < into.Length; i++)
        {
            into[i] = isFirst ? part[i] : how switch
            {
                PartGroup.Mean => into[i] + part[i],
                PartGroup.Max => Math.Max(into[i], part[i]),
                PartGroup.Min => Math.Min(into[i], part[i]),
                PartGroup.Last => part[i],
                _ => into[i],
            };
        }
    }
}
