namespace Sluice.Matching;

/// <summary>
/// What <c>resolve</c> and <c>fuzzy_join</c> say of pairs of rows. While a pair is judged it is a row, and so it counts as made and, unless it is a match that stays, as rejected: the sum of rows holds, but no
/// row of the table is gone. Who shows counts tells them apart.
/// </summary>
public static class PairVerdicts
{
    /// <summary>What pairs are made as.</summary>
    public const string Made = "pairs";

    public const string Same = "same_entity", Different = "different_entity", Contradiction = "contradiction", NotSame = "not_same", NotBest = "not_best";

    static readonly HashSet<string> reasons = [Same, Different, Contradiction, NotSame, NotBest];

    /// <summary>Rejections that are of pairs, by reason; empty where no pairs were made.</summary>
    /// <param name="rejected">All rejections.</param>
    /// <param name="made">All rows that were made, by what they are.</param>
    public static IReadOnlyDictionary<string, long> Of(IReadOnlyDictionary<string, long>? rejected, IReadOnlyDictionary<string, long>? made) =>
        new SortedDictionary<string, long>((made?.ContainsKey(Made) == true ? rejected ?? new Dictionary<string, long>() : new Dictionary<string, long>())
            .Where(r => reasons.Contains(r.Key)).ToDictionary(), StringComparer.Ordinal);
}
