namespace Sluice.Splits;

/// <summary>
/// Fills sets up to their numbers of rows with ties that come in an order of their own (by hash: at random). A tie goes to the first set that
/// has room for all of it, so single rows fill every gap and the numbers come out exact. A tie for which no set has room goes to the set that lacks
/// the most rows so far, over all strata, so that what ties force evens out.
/// </summary>
/// <param name="sets">How many sets there are.</param>
/// <param name="ties">Ties that will come, where known: then the last ones go to sets that are still empty. Otherwise <see cref="long.MaxValue"/>.</param>
sealed class Quota(int sets, long ties = long.MaxValue)
{
    readonly long[] room = new long[sets];
    readonly long[] lacking = new long[sets];
    readonly long[] total = new long[sets];
    long[] given = [];
    int empty = sets;

    /// <summary>Rows that each set got.</summary>
    public IReadOnlyList<long> Total => total;

    /// <summary>Opens the next stratum; gives the array in which the rows it gives to each set are counted.</summary>
    public long[] Open(IReadOnlyList<long> wanted)
    {
        for (var set = 0; set < room.Length; set++)
        {
            room[set] = wanted[set];
            lacking[set] += wanted[set];
        }

        return given = new long[room.Length];
    }

    /// <summary>The set for a tie of this many rows.</summary>
    public int Place(long size)
    {
        var onlyEmpty = empty > 0 && ties <= empty;
        ties--;
        var best = -1;
        for (var set = 0; set < room.Length; set++)
        {
            if (onlyEmpty && total[set] > 0)
            {
                continue;
            }

            if (room[set] >= size)
            {
                return Give(set, size);
            }

            if (best < 0 || lacking[set] > lacking[best])
            {
                best = set;
            }
        }

        return Give(best, size);
    }

    int Give(int set, long size)
    {
        empty -= total[set] == 0 ? 1 : 0;
        room[set] -= size;
        lacking[set] -= size;
        total[set] += size;
        given[set] += size;
        return set;
    }
}
