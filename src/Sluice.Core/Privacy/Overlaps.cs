namespace Sluice.Privacy;

/// <summary>One reading of every byte.</summary>
static class Overlaps
{
    // Most cells have two or three: comparing each with each costs less than a tree.
    const int Few = 16;

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
            if (spans.Count <= Few)
            {
                KeepFew(spans);
            }
            else
            {
                var taken = new SortedSet<PiiSpan>(Comparer<PiiSpan>.Create(static (left, right) => left.Start.CompareTo(right.Start)));
                spans.RemoveAll(span => !TryTake(taken, span));
            }

            spans.Sort(static (left, right) => left.Start.CompareTo(right.Start));
        }
    }

    static void KeepFew(List<PiiSpan> spans)
    {
        var kept = 0;
        foreach (var span in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(spans))
        {
            var isFree = true;
            for (var i = 0; i < kept && isFree; i++)
            {
                isFree = spans[i].End <= span.Start || span.End <= spans[i].Start;
            }

            if (isFree)
            {
                spans[kept++] = span;
            }
        }

        spans.RemoveRange(kept, spans.Count - kept);
    }

    static bool TryTake(SortedSet<PiiSpan> taken, PiiSpan span)
    {
        // Of those that start before this one ends, only the last can reach into it: they do not overlap each other.
        var before = taken.GetViewBetween(default, new PiiSpan(span.End - 1, 0, "", 0)).Max;
        return (before.Entity is null || before.End <= span.Start) && taken.Add(span);
    }
}
