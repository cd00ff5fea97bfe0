namespace Sluice.Privacy;

/// <summary>One reading of every byte.</summary>
static class Overlaps
{
    /// <summary>Keeps the most confident span of those that overlap; of equally confident ones the longest, then the first; in order of position.</summary>
    public static void Resolve(List<PiiSpan> spans)
    {
        if (spans.Count > 1)
        {
            spans.Sort(static (left, right) =>
                right.Confidence != left.Confidence ? right.Confidence.CompareTo(left.Confidence)
                : right.Length != left.Length ? right.Length.CompareTo(left.Length)
                : left.Start != right.Start ? left.Start.CompareTo(right.Start)
                : string.CompareOrdinal(left.Entity, right.Entity));
            var taken = new SortedSet<PiiSpan>(Comparer<PiiSpan>.Create(static (left, right) => left.Start.CompareTo(right.Start)));
            spans.RemoveAll(span => !TryTake(taken, span));
            spans.Sort(static (left, right) => left.Start.CompareTo(right.Start));
        }
    }

    static bool TryTake(SortedSet<PiiSpan> taken, PiiSpan span)
    {
        // Of those that start before this one ends, only the last can reach into it: they do not overlap each other.
        var before = taken.GetViewBetween(default, new PiiSpan(span.End - 1, 0, "", 0)).Max;
        return (before.Entity is null || before.End <= span.Start) && taken.Add(span);
    }
}
