namespace Sluice.Splits;

/// <summary>What each stratum got, before it has a name.</summary>
sealed record DecidedStrata(List<ulong> Hashes, List<long> Rows, List<long[]> Given)
{
    const int MaxListed = 100;

    public SplitReport AddTo(SplitReport report, StratumNames names)
    {
        var all = Hashes.Select((hash, i) => new SplitStratum(names[hash], Rows[i], Given[i]))
            .OrderByDescending(s => s.Rows).ThenBy(s => s.Name, StringComparer.Ordinal).ToArray();
        var others = all[Math.Min(MaxListed, all.Length)..];
        return report with
        {
            Strata = all[..Math.Min(MaxListed, all.Length)],
            OtherStrata = others.Length == 0
                ? null
                : new SplitStratum($"({others.Length:N0} more)", others.Sum(s => s.Rows), [.. report.Sets.Select((_, set) => others.Sum(s => s.PerSet[set]))]),
        };
    }
}
