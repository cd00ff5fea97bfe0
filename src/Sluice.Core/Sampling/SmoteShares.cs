namespace Sluice.Sampling;

/// <summary>Which rows of a class others are made of.</summary>
public enum SmoteVariant
{
    /// <summary>Of all, evenly.</summary>
    Regular,

    /// <summary>Of those at the border to other classes.</summary>
    Borderline1,

    /// <summary>As <see cref="Borderline1"/>, also towards the nearest row of another class, at most half way.</summary>
    Borderline2,

    /// <summary>Of each the more, the more of its neighbours are of other classes.</summary>
    Adasyn,
}

/// <summary>How many rows are made of each row of a class.</summary>
/// <param name="Made">Rows made, by row.</param>
/// <param name="Stranger">Number, among the rows of other classes, of the one that rows are made towards as well; -1: none.</param>
sealed record SmoteShares(int[] Made, int[] Stranger)
{
    /// <param name="rows">Different rows of the class, by their lots.</param>
    /// <param name="others">Different rows of the other classes.</param>
    /// <param name="wanted">Rows to make.</param>
    /// <param name="options">The variant and its numbers of neighbours.</param>
    /// <returns>Null: the variant finds no row to make others of.</returns>
    public static SmoteShares? Of(IReadOnlyList<SmoteRow> rows, IReadOnlyList<SmoteRow> others, long wanted, Balance.Options options)
    {
        long[] counts = [.. rows.Select(r => r.Count)];
        int[] strangers = [.. rows.Select(_ => -1)];
        switch (options.SmoteVariant)
        {
            case SmoteVariant.Regular:
                break;
            case SmoteVariant.Adasyn:
                // Density ratio of He, Bai, Garcia and Li (2008), step 3: strangers among the K nearest; its K cancels out.
                var around = Smote.Neighbours(rows, options.KNeighbors, options.Standardize, others);
                counts = [.. counts.Select((count, i) => count * around[i].Count(n => n >= rows.Count))];
                break;
            default:
                var near = Smote.Neighbours(rows, options.MNeighbors, options.Standardize, others);
                for (var i = 0; i < rows.Count; i++)
                {
                    // DANGER of Han, Wang and Mao (2005): at least half of the m nearest are strangers, but not all, which is noise.
                    var strange = near[i].Count(n => n >= rows.Count);
                    var isInDanger = 2 * strange >= near[i].Length && strange < near[i].Length;
                    counts[i] = isInDanger ? counts[i] : 0;
                    strangers[i] = isInDanger && options.SmoteVariant == SmoteVariant.Borderline2 ? near[i].First(n => n >= rows.Count) - rows.Count : -1;
                }

                break;
        }

        var total = counts.Sum();
        return total == 0 ? null : new SmoteShares(options.SmoteVariant == SmoteVariant.Adasyn ? ByShare(counts, total, wanted) : Evenly(counts, total, wanted), strangers);
    }

    // Every row makes as many, those of the least lots one more where that does not come out even.
    static int[] Evenly(long[] counts, long total, long wanted)
    {
        var (made, place) = (new int[counts.Length], 0L);
        for (var i = 0; i < counts.Length; i++)
        {
            made[i] = checked((int)((counts[i] * (wanted / total)) + Math.Clamp((wanted % total) - place, 0, counts[i])));
            place += counts[i];
        }

        return made;
    }

    // By largest remainders, so that they come to what is wanted; of equal ones the least lot.
    static int[] ByShare(long[] counts, long total, long wanted)
    {
        var made = counts.Select(count => checked((int)((Int128)count * wanted / total))).ToArray();
        foreach (var i in Enumerable.Range(0, counts.Length).OrderByDescending(i => (Int128)counts[i] * wanted % total).ThenBy(i => i).Take((int)(wanted - made.Sum(m => (long)m))))
        {
            made[i]++;
        }

        return made;
    }
}
