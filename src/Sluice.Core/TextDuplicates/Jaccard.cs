namespace Sluice.TextDuplicates;

/// <summary>Exact similarity of two sets: what they share, of all that is in either.</summary>
public static class Jaccard
{
    public static double Of(ReadOnlySpan<ulong> left, ReadOnlySpan<ulong> right)
    {
        var shared = Shared(left, right, 0);
        var all = left.Length + right.Length - shared;
        return all == 0 ? 1 : (double)shared / all;
    }

    /// <summary>Whether two ascending sets are at least this similar; ends as soon as it is clear.</summary>
    public static bool IsAtLeast(ReadOnlySpan<ulong> left, ReadOnlySpan<ulong> right, double threshold)
    {
        var needed = LeastShared(left.Length, right.Length, threshold);
        return needed <= Math.Min(left.Length, right.Length) && Shared(left, right, needed) >= needed;
    }

    /// <summary>Elements that sets of these sizes must share: the smallest s with s / (a + b − s) ≥ threshold.</summary>
    static int LeastShared(int left, int right, double threshold)
    {
        var sum = left + right;
        var shared = Math.Max(0, (int)(threshold / (1 + threshold) * sum) - 1);
        while (shared < sum && (double)shared / (sum - shared) < threshold)
        {
            shared++;
        }

        return shared;
    }

    static int Shared(ReadOnlySpan<ulong> left, ReadOnlySpan<ulong> right, int needed)
    {
        var (i, j, shared) = (0, 0, 0);
        while (i < left.Length && j < right.Length)
        {
            var (x, y) = (left[i], right[j]);
            shared += x == y ? 1 : 0;
            i += x <= y ? 1 : 0;
            j += y <= x ? 1 : 0;
            if (shared + Math.Min(left.Length - i, right.Length - j) < needed)
            {
                break;
            }
        }

        return shared;
    }
}
