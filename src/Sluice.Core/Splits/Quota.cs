namespace Sluice.Splits;

/// <summary>
/// Fills sets up to their numbers of rows with ties that come in an order of their own (by hash: at random). A tie goes to the first set that
/// has room for all of it, so single rows fill every gap and the numbers come out exact; a tie for which no set has room goes to the set with the most room.
/// </summary>
/// <param name="wanted">Rows for each set.</param>
/// <param name="ties">Ties that will come, where known: then the last ones go to sets that are still empty. Otherwise <see cref="long.MaxValue"/>.</param>
sealed class Quota(IReadOnlyList<long> wanted, long ties = long.MaxValue)
{
    readonly long[] given = new long[wanted.Count];
    int empty = wanted.Count;

    /// <summary>Rows that each set got.</summary>
    public IReadOnlyList<long> Given => given;

    /// <summary>A set without rows; -1 when there is none.</summary>
    public int Empty => Array.IndexOf(given, 0);

    public int Place(long size)
    {
        var onlyEmpty = empty > 0 && ties <= empty;
        ties--;
        var best = -1;
        for (var set = 0; set < given.Length; set++)
        {
            if (onlyEmpty && given[set] > 0)
            {
                continue;
            }

            if (wanted[set] - given[set] >= size)
            {
                return Give(set, size);
            }

            if (best < 0 || wanted[set] - given[set] > wanted[best] - given[best])
            {
                best = set;
            }
        }

        return Give(best, size);
    }

    int Give(int set, long size)
    {
        empty -= given[set] == 0 ? 1 : 0;
        given[set] += size;
        return set;
    }
}
