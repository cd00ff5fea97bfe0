using System.Text.Json.Serialization;
using Sluice.Splits.Units;
using Sluice.TextDuplicates;

namespace Sluice.Splits;

/// <summary>What a split did: part of the version, so that a model's figures can be traced to rows that could not leak.</summary>
/// <param name="Strategy">How rows were placed.</param>
/// <param name="Seed">Seed that was used; without effect for time.</param>
/// <param name="Sets">The sets in order.</param>
/// <param name="Groups">Groups that were kept whole; null unless by group.</param>
/// <param name="Strata">The largest strata, at most 100; null unless stratified.</param>
/// <param name="OtherStrata">All other strata together; null when <paramref name="Strata"/> has all.</param>
/// <param name="Certificate">The proof that no two rows of one key are in different sets.</param>
public sealed record SplitReport(
    SplitStrategy Strategy,
    long Seed,
    IReadOnlyList<SplitSet> Sets,
    SplitGroups? Groups,
    IReadOnlyList<SplitStratum>? Strata,
    SplitStratum? OtherStrata,
    SplitCertificate Certificate)
{
    /// <summary>Rows that stayed together for more reasons than being equal; null where nobody asked for that.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SplitUnitCounts? Units { get; init; }

    /// <summary>How alike the vectors or numeric columns of the sets are; null unless representative or coverage.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SetLikeness>? Likeness { get; init; }

    /// <summary>How well one set covers all rows; null unless coverage.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SplitCoverage? Coverage { get; init; }
}

/// <summary>How well one set covers all rows.</summary>
/// <param name="Set">The set.</param>
/// <param name="Radius">Every row has one of the set within this distance, measured after the rows were placed.</param>
public sealed record SplitCoverage(string Set, double Radius);

/// <summary>Units of a split: rows that must not be separated.</summary>
/// <param name="Count">Units.</param>
/// <param name="LargestRows">Rows of the largest.</param>
/// <param name="DifferentRows">Different rows in all of them.</param>
/// <param name="PerSet">Units in each set, in the order of the sets.</param>
/// <param name="NearDuplicates">How near-duplicates were found; null when nobody asked.</param>
public sealed record SplitUnitCounts(long Count, long LargestRows, long DifferentRows, IReadOnlyList<long> PerSet, NearDuplicateSearch? NearDuplicates)
{
    /// <summary>How rows of one meaning were found; null unless <c>cosine</c> was given.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NearDuplicateSearch? Meanings { get; init; }
}

/// <summary>One set of a split.</summary>
/// <param name="Name">Its name in the output column.</param>
/// <param name="Rows">Rows it got.</param>
/// <param name="Share">Part of all rows, from 0 to 1.</param>
/// <param name="Wanted">Rows it should have by its ratio or count.</param>
/// <param name="Deviation"><paramref name="Rows"/> less <paramref name="Wanted"/>: not 0 only where equal rows, groups or times had to stay together.</param>
public sealed record SplitSet(string Name, long Rows, double Share, long Wanted, long Deviation);

/// <summary>Groups of a split by group.</summary>
/// <param name="Count">Different groups.</param>
/// <param name="LargestRows">Rows of the largest of them.</param>
/// <param name="PerSet">Groups in each set, in the order of the sets.</param>
public sealed record SplitGroups(long Count, long LargestRows, IReadOnlyList<long> PerSet);

/// <summary>Rows of one value, or combination of values, of the stratum columns.</summary>
/// <param name="Name">The value; several are separated by <c> | </c>; a missing one is <c>(missing)</c>.</param>
/// <param name="Rows">Rows in all.</param>
/// <param name="PerSet">Rows in each set, in the order of the sets.</param>
public sealed record SplitStratum(string Name, long Rows, IReadOnlyList<long> PerSet);

/// <summary>Counted by a walk over all rows after they were placed, not derived from how they were placed.</summary>
/// <param name="Method">What makes two rows inseparable.</param>
/// <param name="KeysChecked">Different keys found.</param>
/// <param name="KeysCrossingSets">Keys with rows in more than one set. A split with any is refused, so a version always has 0.</param>
/// <param name="GroupsCrossingSets">The same for groups; null unless by group.</param>
public sealed record SplitCertificate(string Method, long KeysChecked, long KeysCrossingSets, long? GroupsCrossingSets)
{
    /// <summary>Near-duplicates in different sets, looked for again after the split; null unless <c>near_duplicates</c> was given.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LeakedPairs? LeakedPairs { get; init; }

    /// <summary>Rows of one meaning in different sets, looked for again after the split; null unless <c>cosine</c> was given.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LeakedPairs? LeakedMeanings { get; init; }

    /// <summary>
    /// Largest difference between the share of a stratum or label in a set and its share in all rows; null unless stratified or multi_label.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LabelDeviation { get; init; }
}
