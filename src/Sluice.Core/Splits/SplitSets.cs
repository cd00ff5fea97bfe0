using System.Globalization;
using System.Text.RegularExpressions;
using Sluice.Steps;

namespace Sluice.Splits;

/// <summary>The sets of a split, in order, and how many rows each should have.</summary>
sealed partial class SplitSets
{
    /// <summary>A decision is one byte, and 0 stands for none.</summary>
    public const int Max = 250;

    const double Tolerance = 1e-9;

    const int Unranked = 3;
    readonly Split.Options options;

    public SplitSets(Split.Options given)
    {
        options = given.ValidationSplit is { } share and > 0 and < 1 && given.Counts.Count == 0
            ? given with { Ratios = new Dictionary<string, double> { ["train"] = 1 - share, ["validation"] = share } }
            : given;
        ByCount = options.Counts.Count > 0;
        var names = ByCount ? options.Counts.Keys : options.Ratios.Keys;
        Names = options.Order.Count > 0
            ? options.Order
            : [.. names.OrderBy(Rank).ThenBy(name => name, StringComparer.Ordinal)];
    }

    public IReadOnlyList<string> Names { get; }

    bool ByCount { get; }

    string Path => ByCount ? "counts" : "ratios";

    /// <summary>The sets as the user gave them: <c>train 0.8, test 0.2</c>.</summary>
    public string Words => string.Join(", ", Names.Select(name => ByCount ? $"{name} {options.Counts[name]}" : $"{name} {Number(options.Ratios[name])}"));

    public void Plan(StepProblems problems)
    {
        if (options.ValidationSplit is { } share && (!(share is > 0 and < 1) || ByCount))
        {
            problems.Add("validation_split", ByCount
                ? "Both counts and validation_split are given. Keep one of them."
                : $"validation_split is {Number(share)}; expected more than 0 and less than 1: the share of the rows for validation.");
        }

        var names = ByCount ? options.Counts.Keys.ToArray() : [.. options.Ratios.Keys];
        if (ByCount && !SameAsDefault(options.Ratios))
        {
            problems.Add("counts", "Both ratios and counts are given. Keep one of them: shares of the rows, or numbers of rows.");
        }

        if (names.Length is < 2 or > Max)
        {
            var part = ByCount ? "number of rows" : "share";
            problems.Add(Path, $"There are {names.Length} sets; expected 2 to {Max}. Name each set with its {part}, for example train and test.");
        }

        foreach (var name in names.Where(name => !Name().IsMatch(name)))
        {
            problems.Add($"{Path}.{name}", $"Set name '{name}' is not usable; expected 1 to 64 letters, digits, '-' or '_'. Rename the set.");
        }

        if (ByCount)
        {
            PlanCounts(problems);
        }
        else
        {
            PlanRatios(problems);
        }

        PlanOrder(names, problems);
    }

    /// <summary>Rows that each set should have.</summary>
    /// <exception cref="DataException">The rows cannot be shared out like that.</exception>
    public long[] Wanted(long rows)
    {
        if (rows == 0)
        {
            throw new DataException(
                "split found no rows to place; expected at least one for each set. Look at what the input holds and what the steps before rejected.");
        }

        var wanted = ByCount ? WantedByCount(rows) : WantedByRatio(rows);
        var empty = Array.IndexOf(wanted, 0);
        return empty < 0 ? wanted : throw new DataException(
            $"split cannot fill set '{Names[empty]}': {rows:N0} rows by {Path} {Words} give {Listed(wanted)}; expected at least 1 row in every set. "
            + (ByCount ? "Lower the counts of other sets" : $"Raise the share of '{Names[empty]}', use counts") + ", or give the split more rows.");
    }

    /// <summary>Numbers of rows by name: <c>train 8, test 2</c>.</summary>
    public string Listed(IReadOnlyList<long> rows) => string.Join(", ", Names.Select((name, set) => $"{name} {rows[set]:N0}"));

    long[] WantedByCount(long rows)
    {
        var wanted = Names.Select(name => options.Counts[name]).ToArray();
        var given = wanted.Aggregate(Int128.Zero, (sum, count) => sum + count);
        var rest = Array.IndexOf(wanted, 0);
        if (rest < 0 ? given != rows : given > rows)
        {
            throw new DataException(
                $"split was given counts that add up to {given:N0} ({Words}) but found {rows:N0} rows; expected {(rest < 0 ? "exactly as many" : "no more")}. "
                + (rest < 0 ? "Set one count to 0, which stands for the rest, or use ratios." : "Lower the counts, or use ratios."));
        }

        if (rest >= 0)
        {
            wanted[rest] = (long)(rows - given);
        }

        return wanted;
    }

    /// <summary>Largest remainder (Hamilton): round down, then one more for the largest fractions; of equal fractions, the last set first.</summary>
    long[] WantedByRatio(long rows)
    {
        // Decimals hold the shares as they are written, so that equal fractions are equal; in doubles 0.1 · 3 is not 0.3.
        var shares = Names.Select(name => (decimal)options.Ratios[name]).ToArray();
        var sum = shares.Sum();
        var exact = shares.Select(share => share * rows / sum).ToArray();
        var wanted = exact.Select(part => (long)part).ToArray();
        var left = (int)(rows - wanted.Sum());
        foreach (var set in Enumerable.Range(0, wanted.Length).OrderByDescending(set => exact[set] - wanted[set]).ThenByDescending(set => set).Take(left))
        {
            wanted[set]++;
        }

        return wanted;
    }

    void PlanRatios(StepProblems problems)
    {
        foreach (var (name, share) in options.Ratios.Where(r => !(r.Value is > 0 and < 1)).OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            problems.Add($"ratios.{name}", $"Share of set '{name}' is {Number(share)}; expected more than 0 and less than 1. For numbers of rows use counts.");
        }

        var sum = options.Ratios.Values.Sum();
        if (!(Math.Abs(sum - 1) <= Tolerance))
        {
            var parts = string.Join(", ", options.Ratios.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => $"{r.Key} {Number(r.Value)}"));
            problems.Add("ratios", $"The shares add up to {Number(Math.Round(sum, 12))} ({parts}); expected 1. Change one of them.");
        }
    }

    void PlanCounts(StepProblems problems)
    {
        foreach (var (name, count) in options.Counts.Where(c => c.Value < 0).OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            problems.Add($"counts.{name}", $"Count of set '{name}' is {count}; expected 1 or more, or 0 for the rest.");
        }

        var rest = options.Counts.Where(c => c.Value == 0).Select(c => c.Key).Order(StringComparer.Ordinal).ToArray();
        if (rest.Length > 1)
        {
            problems.Add(
                "counts",
                $"Sets {string.Join(", ", rest)} have the count 0, which stands for the rest; expected at most one such set. Give the others a number of rows.");
        }
    }

    void PlanOrder(string[] names, StepProblems problems)
    {
        if (options.Order.Count > 0)
        {
            if (!options.Order.Order(StringComparer.Ordinal).SequenceEqual(names.Order(StringComparer.Ordinal)))
            {
                var expected = string.Join(", ", names.Order(StringComparer.Ordinal));
                problems.Add("order", $"order is {string.Join(", ", options.Order)}; expected each set once: {expected}. Name exactly the sets of {Path}.");
            }
        }
        else if (options.Strategy == SplitStrategy.Time && (names.Any(name => Rank(name) == Unranked) || names.DistinctBy(Rank).Count() < names.Length))
        {
            var sorted = string.Join(", ", names.Order(StringComparer.Ordinal));
            problems.Add("order", $"Which of the sets {sorted} has the oldest rows? Give order: the sets from oldest to newest.");
        }
    }

    static bool SameAsDefault(IReadOnlyDictionary<string, double> ratios) =>
        ratios.Count == Split.DefaultRatios.Count && ratios.All(r => Split.DefaultRatios.TryGetValue(r.Key, out var share) && share == r.Value);

    /// <summary>
    /// Canonical options have their keys sorted, so the order in which a file names the sets must not matter: well-known names have a rank instead.
    /// </summary>
    static int Rank(string name) => name switch
    {
        "train" or "training" => 0,
        "validation" or "valid" or "val" or "dev" => 1,
        "test" or "testing" or "holdout" => 2,
        _ => Unranked,
    };

    static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}\\z")]
    private static partial Regex Name();
}
