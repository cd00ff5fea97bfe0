using Sluice.Steps;

namespace Sluice.Profiles.Kpis;

/// <summary>How old rows are at a day.</summary>
static class Ages
{
    const double MicrosPerDay = 86_400e6;
    static readonly int[] bands = [1, 7, 30, 90, 365, 1_095, 3_650];

    public static Freshness Of(string column, ColumnType type, NumberSummary values, DateOnly asOf, long rows)
    {
        var day = asOf.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        var unit = type == ColumnType.Date ? 1 : MicrosPerDay;

        // Whole days: what is of the day itself is of age 0, at any hour.
        var ages = values.Values.InOrder().Select(v => (Days: day - (long)Math.Floor(v.Value / unit), v.Count)).ToList();
        var past = ages.Where(a => a.Days >= 0).OrderBy(a => a.Days).ToList();
        var total = past.Sum(a => a.Count);
        var found = new List<AgeBand>();
        for (var (i, from) = (0, -1L); i <= bands.Length; i++)
        {
            var to = i < bands.Length ? bands[i] : long.MaxValue;
            var count = past.Where(a => a.Days > from && a.Days <= to).Sum(a => a.Count);
            found.Add(new AgeBand(i < bands.Length ? bands[i] : null, count, total == 0 ? 0 : Math.Round((double)count / total, 6)));
            from = to;
        }

        return new Freshness(
            column, asOf, TableProfile.Show(type, values.Values.Min), TableProfile.Show(type, values.Values.Max), Median(past, total), found, ages.Sum(a => a.Count) - total, rows - values.Count);
    }

    static double Median(List<(long Days, long Count)> ages, long total)
    {
        var (seen, first) = (0L, (long?)null);
        foreach (var (days, count) in ages)
        {
            seen += count;
            first ??= 2 * seen >= total ? days : null;
            if (first is { } lower && 2 * seen > total)
            {
                return (lower + days) / 2.0;
            }
        }

        return 0;
    }
}
