using Sluice.Splits.Units;
using Sluice.Steps;

namespace Sluice.Splits;

// From all keys in order to one set for each row.
public sealed partial class Split
{
    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        if (rows.State is SplitState seen)
        {
            return DecideUnits(rows, decisions, seen);
        }

        var wanted = sets.Wanted(rows.Count);
        return options.Strategy switch
        {
            SplitStrategy.Random => DecideRandom(rows, decisions, wanted),
            SplitStrategy.Stratified => DecideStratified(rows, decisions, wanted),
            SplitStrategy.Group => DecideGroups(rows, decisions, wanted),
            _ => DecideTimes(rows, decisions, wanted),
        };
    }

    Decided DecideRandom(KeyedRows rows, Decisions decisions, long[] wanted)
    {
        long different = 0;
        var quota = new Quota(wanted.Length);
        quota.Open(wanted);
        Ties.Place(rows, decisions, (_, size) =>
        {
            different++;
            return quota.Place(size);
        });
        if (quota.Total.Contains(0) && different >= wanted.Length)
        {
            // A few large ties took the room of a set. Now their number is known, and the last ones can be kept for it.
            quota = new Quota(wanted.Length, different);
            quota.Open(wanted);
            Ties.Place(rows, decisions, (_, size) => quota.Place(size));
        }

        CheckFilled(quota.Total, wanted, different, "different rows", "Equal rows stay together");
        return Report(rows, decisions, wanted, "equal rows (128-bit hash of all columns)");
    }

    Decided DecideStratified(KeyedRows rows, Decisions decisions, long[] wanted)
    {
        var hashes = new List<ulong>();
        var counts = new List<long>();
        long different = 0;
        foreach (var (key, size) in Ties.Of(rows))
        {
            if (hashes.Count == 0 || key.High != hashes[^1])
            {
                Limit(hashes.Count + 1, options.MaxStrata, "max_strata", "stratify by a column with fewer values");
                hashes.Add(key.High);
                counts.Add(0);
            }

            counts[^1] += size;
            different++;
        }

        var plan = new StratifiedPlan(counts, wanted);
        var quota = new Quota(wanted.Length, different);
        var given = new List<long[]>(counts.Count);
        Ties.Place(rows, decisions, (key, size) =>
        {
            if (given.Count == 0 || key.High != hashes[given.Count - 1])
            {
                given.Add(quota.Open(plan.Of(given.Count)));
            }

            return quota.Place(size);
        });

        CheckFilled(quota.Total, wanted, different, "different rows", "Equal rows stay together");
        var report = Report(rows, decisions, wanted, "equal rows of one stratum (64-bit hash of all columns, 64-bit hash of the stratum)");
        return report with { Strata = new DecidedStrata(hashes, counts, given) };
    }

    Decided DecideGroups(KeyedRows rows, Decisions decisions, long[] wanted)
    {
        var groups = new List<(RowKey Key, long Rows)>();
        foreach (var group in Ties.Of(rows))
        {
            Limit(groups.Count + 1, options.MaxGroups, "max_groups", "group by a coarser column");
            groups.Add(group);
        }

        var plan = new GroupPlan(groups, wanted);
        CheckFilled(plan.Groups, wanted, groups.Count, $"groups of {ColumnWords}", "A group stays together");
        var at = -1;
        RowKey last = default;
        foreach (var row in rows)
        {
            if (at < 0 || row.Key != last)
            {
                at++;
                last = row.Key;
            }

            decisions.Set(row.Batch, row.Row, Ties.Decision(plan.SetOf(at)));
        }

        var decided = Report(rows, decisions, wanted, $"equal values of {ColumnWords} (128-bit hash)");
        var certificate = decided.Report.Certificate with { GroupsCrossingSets = decided.Report.Certificate.KeysCrossingSets };
        return decided with
        {
            Report = decided.Report with { Certificate = certificate, Groups = new SplitGroups(groups.Count, groups.Max(g => g.Rows), plan.Groups) },
        };
    }

    Decided DecideTimes(KeyedRows rows, Decisions decisions, long[] wanted)
    {
        long times = 0, undated = 0;
        foreach (var (key, size) in Ties.Of(rows))
        {
            times++;
            undated = key == TimeKeys.Missing ? size : 0;
        }

        if (undated > 0 && options.NullTime == NullTime.Refuse)
        {
            throw new DataException(
                $"split by time found {undated:N0} of {rows.Count:N0} rows without a time in column {ColumnWords}; expected one in every row. "
                + "Drop them before with data_cleaning, operation handle_missing, missing_strategy drop, or set null_time: last to count them as the newest.");
        }

        var given = new long[wanted.Length];
        var plan = new TimePlan(wanted, times);
        Ties.Place(rows, decisions, (_, size) =>
        {
            var set = plan.Place(size);
            given[set] += size;
            return set;
        });
        CheckFilled(given, wanted, times, $"different values of {ColumnWords}", "Rows of one time stay together");
        return Report(rows, decisions, wanted, $"equal values of {ColumnWords}");
    }

    void CheckFilled(IReadOnlyList<long> given, long[] wanted, long ties, string what, string why)
    {
        if (given.Contains(0))
        {
            throw new DataException(
                $"split leaves set '{sets.Names[given.ToList().IndexOf(0)]}' empty: found {ties:N0} {what} for {wanted.Length} sets ({sets.Listed(wanted)} rows wanted); "
                + $"expected at least one for each set. {why}: give the split more {what}, or fewer sets.");
        }
    }

    void Limit(int found, int limit, string option, string otherwise)
    {
        if (found > limit)
        {
            throw new DataException(
                $"split found more than {limit:N0} different values of {ColumnWords}; the limit is {option} = {limit}. Raise {option}, or {otherwise}.");
        }
    }

    /// <summary>Counts what was really decided, in one more walk, so that the certificate does not rest on the code that placed the rows.</summary>
    Decided Report(KeyedRows rows, Decisions decisions, long[] wanted, string method)
    {
        var check = new LeakCheck(rows, decisions, wanted.Length);
        if (check.Crossing > 0 || check.Unplaced > 0)
        {
            throw new InvalidOperationException(
                $"The split placed {check.Crossing} of {check.Keys} keys in more than one set and left out {check.Unplaced} of {rows.Count} rows. "
                + "This is a defect of the step; nothing was kept.");
        }

        var found = sets.Names.Select((name, set) => new SplitSet(
            name, check.Rows[set], (double)check.Rows[set] / rows.Count, wanted[set], check.Rows[set] - wanted[set]));
        var certificate = new SplitCertificate(method, check.Keys, check.Crossing, null);
        return new Decided(new SplitReport(options.Strategy, options.Seed, [.. found], null, null, null, certificate), null);
    }

    sealed record Decided(SplitReport Report, DecidedStrata? Strata);
}
