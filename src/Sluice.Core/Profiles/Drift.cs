using System.Globalization;
using Sluice.Steps;

namespace Sluice.Profiles;

/// <summary>
/// Compares two tables. A difference is reported when it is beyond chance, and how severe it is depends on its size alone. Chance is judged
/// by the null distribution for the rows there are (χ² for distributions, the normal one for shares and correlations), not by fixed limits
/// of an index, and Benjamini and Hochberg's procedure (1995) accounts for the number of tests: of comparisons of equal tables,
/// at most <see cref="FalseAlarms"/> report anything.
/// </summary>
static class Drift
{
    public const double FalseAlarms = 0.05;

    // Correlations are compared between the first columns only: pairs grow with the square.
    const int MaxCorrelated = 12;

    public static DriftReport Of(TableSketch before, TableSketch after)
    {
        var columns = new List<ColumnDrift>();
        var tests = new List<Change>();
        foreach (var left in before.Columns)
        {
            if (after.Columns.FirstOrDefault(c => c.Field.Name == left.Field.Name) is { } right && left.Field.Type == right.Field.Type)
            {
                columns.Add(Compare(left, right, tests));
            }
        }

        tests.AddRange(Correlations(before, after));
        return new DriftReport
        {
            RowsBefore = before.Rows,
            RowsAfter = after.Rows,
            FalseAlarms = FalseAlarms,
            Tests = tests.Count,
            Changes = [.. OfSchema(before, after).Concat(BeyondChance(tests)).OrderByDescending(c => c.Severity).ThenBy(c => c.PValue ?? -1).ThenBy(c => c.Column, StringComparer.Ordinal)],
            Columns = columns,
        };
    }

    static IEnumerable<Change> OfSchema(TableSketch before, TableSketch after)
    {
        foreach (var field in before.Schema)
        {
            if (!after.Schema.Has(field.Name))
            {
                yield return new Change("column_removed", field.Name, Severity.Critical, $"the column is gone; it was {Word(field.Type)}", null);
            }
            else if (after.Schema[field.Name].Type is var type && type != field.Type)
            {
                // A column without values has no type of its own.
                var isEmpty = before.Columns.Concat(after.Columns).Any(c => c.Field.Name == field.Name && c.Present == 0);
                yield return new Change("type_changed", field.Name, isEmpty ? Severity.Medium : Severity.High, $"{Word(field.Type)} → {Word(type)}", null);
            }
        }

        foreach (var field in after.Schema.Where(f => !before.Schema.Has(f.Name)))
        {
            yield return new Change("column_added", field.Name, Severity.Low, $"a new column, {Word(field.Type)}", null);
        }
    }

    static string Word(ColumnType type) => type.ToString().ToLowerInvariant();

    static IEnumerable<Change> BeyondChance(List<Change> tests) =>
        BeyondChance(tests.Select(t => t.PValue!.Value)) is var limit ? tests.Where(t => t.PValue <= limit) : [];

    /// <summary>The largest p-value that is beyond chance among all of them, below 0 when none is (Benjamini and Hochberg: the largest rank whose p-value is below its share of the rate).</summary>
    public static double BeyondChance(IEnumerable<double> pValues)
    {
        double[] order = [.. pValues.Order()];
        var last = Enumerable.Range(1, order.Length).LastOrDefault(rank => order[rank - 1] <= FalseAlarms * rank / order.Length);
        return last == 0 ? -1 : order[last - 1];
    }

    /// <summary>Chance of rank correlations this different when both tables are of one kind, by Fisher's z; 1.06 is their variance beside that of Pearson's (Fieller, Hartley, Pearson 1957).</summary>
    public static double CorrelationPValue((double Value, long Rows) before, (double Value, long Rows) after)
    {
        var deviation = Math.Sqrt((1.06 / (before.Rows - 3)) + (1.06 / (after.Rows - 3)));
        var difference = Math.Atanh(Math.Clamp(after.Value, -0.9999, 0.9999)) - Math.Atanh(Math.Clamp(before.Value, -0.9999, 0.9999));
        return Probability.NormalTails(difference / deviation);
    }

    static ColumnDrift Compare(ColumnSketch before, ColumnSketch after, List<Change> tests)
    {
        var name = before.Field.Name;
        var shares = SharesOf(before, after);
        double? psi = null, pValue = null, ks = null, moved = null;
        if (shares is not null && !(IsIdentifier(before) && IsIdentifier(after)))
        {
            (psi, pValue) = (shares.Psi, shares.PValue);
            tests.Add(new Change("distribution", name, OfPsi(psi.Value), What(before, after, shares), pValue));
        }

        if (before.Numbers is { Count: > 0 } left && after.Numbers is { Count: > 0 } right)
        {
            (ks, var distance) = Shares.Distances(left.Values, right.Values);
            moved = left.Deviation > 0 && double.IsFinite(left.Deviation) ? distance / left.Deviation : null;
        }

        var (missingBefore, missingAfter) = (Share(before.Missing, before.Rows), Share(after.Missing, after.Rows));
        if (before.Missing + after.Missing > 0 && before.Rows > 0 && after.Rows > 0)
        {
            tests.Add(new Change(
                "missing", name, Math.Abs(missingAfter - missingBefore) switch { < 0.05 => Severity.Low, < 0.2 => Severity.Medium, _ => Severity.High },
                string.Create(CultureInfo.InvariantCulture, $"missing cells {missingBefore:0.0%} → {missingAfter:0.0%}"), MissingPValue(before, after)));
        }

        var divergence = before.Numbers is null && !before.Values.IsOver && !after.Values.IsOver ? shares?.JensenShannon : null;
        return new ColumnDrift(name, pValue, psi, ks, moved, divergence, before.Hashes.Similarity(after.Hashes), missingBefore, missingAfter);
    }

    // New rows have new identifiers: that they differ says nothing.
    static bool IsIdentifier(ColumnSketch column) =>
        column.Field.Type == ColumnType.Int64 && column.Numbers is { } numbers && Outliers.Identifiers.Is(column.Field.Name, numbers.Values);

    static Shares? SharesOf(ColumnSketch before, ColumnSketch after) => (before.Numbers, after.Numbers) switch
    {
        ({ } left, { } right) => Shares.OfNumbers(left.Values, right.Values, value => Profiler.Show(before.Field.Type, value)),
        _ when !before.Values.IsOver && !after.Values.IsOver => Shares.OfValues(before.Values, after.Values),

        // Too many different values to count each: their lengths still tell another kind of text.
        _ when before.Lengths is not null && after.Lengths is not null => Shares.OfNumbers(before.Lengths, after.Lengths, value => $"{Profiler.Number(value)} bytes"),
        _ => null,
    };

    static string What(ColumnSketch before, ColumnSketch after, Shares shares)
    {
        var text = new List<string>();
        if (before.Numbers is { Count: > 0 } left && after.Numbers is { Count: > 0 } right && left.Values.Quantile(0.5) is var from && right.Values.Quantile(0.5) is var to && from != to)
        {
            text.Add($"median {Profiler.Show(before.Field.Type, from)} → {Profiler.Show(before.Field.Type, to)}");
        }
        else if (before.Numbers is null && !before.Values.IsOver && !after.Values.IsOver)
        {
            var (old, fresh) = (Names(before.Values), Names(after.Values));
            AddNames(text, "new", fresh.Except(old));
            AddNames(text, "gone", old.Except(fresh));
        }

        text.Add(shares.Where);
        text.Add(string.Create(CultureInfo.InvariantCulture, $"PSI {shares.Psi:0.###}"));
        return string.Join("; ", text);
    }

    static List<string> Names(TopValues values) => [.. values.Top(int.MaxValue).Select(v => System.Text.Encoding.UTF8.GetString(v.Value))];

    static void AddNames(List<string> text, string word, IEnumerable<string> names)
    {
        var all = names.ToList();
        if (all.Count > 0)
        {
            text.Add($"{word}: {string.Join(", ", all.Take(3).Select(n => $"'{(n.Length > 30 ? n[..29] + "…" : n)}'"))}{(all.Count > 3 ? $" and {all.Count - 3:N0} more" : "")}");
        }
    }

    static Severity OfPsi(double psi) => psi switch { < 0.1 => Severity.Low, < 0.25 => Severity.Medium, _ => Severity.High };

    static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;

    // Two shares, χ² with one degree and the exact conditional variance.
    static double MissingPValue(ColumnSketch before, ColumnSketch after) =>
        new Shares(["missing", "present"], [before.Missing, before.Present], [after.Missing, after.Present]).PValue;

    static IEnumerable<Change> Correlations(TableSketch before, TableSketch after)
    {
        var (left, right) = (new SampledTable(before.Sample), new SampledTable(after.Sample));
        var names = before.SampledColumns.Where(after.SampledColumns.Contains)
            .Where(n => Numbers.IsNumber(before.Schema[n].Type) && Numbers.IsNumber(after.Schema[n].Type)).Take(MaxCorrelated).ToList();
        for (var i = 0; i < names.Count; i++)
        {
            for (var j = i + 1; j < names.Count; j++)
            {
                if (left.Spearman(names[i], names[j]) is var (from, rowsBefore) && right.Spearman(names[i], names[j]) is var (to, rowsAfter)
                    && Math.Min(rowsBefore, rowsAfter) >= 20)
                {
                    yield return new Change(
                        "correlation", $"{names[i]} × {names[j]}", Math.Abs(to - from) switch { < 0.1 => Severity.Low, < 0.3 => Severity.Medium, _ => Severity.High },
                        string.Create(CultureInfo.InvariantCulture, $"rank correlation {from:0.00} → {to:0.00}"), CorrelationPValue((from, rowsBefore), (to, rowsAfter)));
                }
            }
        }
    }
}
