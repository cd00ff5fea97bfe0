namespace Sluice.Splits;

/// <summary>
/// Times in order to sets in order. A border between sets that falls into rows of one time moves to the nearer end of them (of equal ones the later),
/// so that every time of a set is older than every time of the next. Each set gets at least one time while there are enough.
/// </summary>
/// <param name="wanted">Rows for each set.</param>
/// <param name="times">Different times that will come.</param>
sealed class TimePlan(long[] wanted, long times)
{
    int current;
    long before, inCurrent, border = wanted[0];

    public int Place(long size)
    {
        var setsAfter = wanted.Length - 1 - current;
        var late = before - border + (before + size - border) > 0;
        if (inCurrent > 0 && setsAfter > 0 && (late || times <= setsAfter))
        {
            border += wanted[++current];
            inCurrent = 0;
        }

        before += size;
        inCurrent += size;
        times--;
        return current;
    }
}
