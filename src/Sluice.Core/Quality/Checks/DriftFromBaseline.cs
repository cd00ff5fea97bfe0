using System.Globalization;
using System.Text;
using Sluice.Cleaning;
using Sluice.Profiles;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>
/// What changed since a baseline: the option <c>baseline</c>, else the dataset's version before. <c>distribution_shift</c>: columns whose values or missing cells are
/// distributed otherwise; <c>correlation_break</c>: pairs of number columns that go together otherwise; both beyond chance, all tests together (Benjamini and Hochberg), and
/// by enough to matter; severity medium. <c>unseen_value</c>: cells of categories that the baseline does not have; severity low. Without a baseline
/// nothing is compared, and the report says so; it always holds the <c>distributions</c> that a later table can be compared with.
/// </summary>
[Check("drift", 8)]
sealed class DriftFromBaseline(QualityValidation.Options options) : Check
{
    const string Shift = "distribution_shift", Break = "correlation_break", Unseen = "unseen_value";
    const int MaxCorrelated = 12, SampledRows = 2_048, MaxNotes = 20;

    // A stability index below 0.1 is commonly read as no change worth acting on; the others are as small a change in their own units.
    const double LeastPsi = 0.1, LeastMissing = 0.05, LeastCorrelation = 0.1;

    public override IReadOnlyList<string> Reasons => [Shift, Break, Unseen];

    public override State NewState(Schema schema) => new RowSample(SampledRows);

    public override void Observe(Batch batch, State state)
    {
        string[] names = [.. batch.Schema.Where(f => Numbers.IsNumber(f.Type)).Take(MaxCorrelated).Select(f => f.Name)];
        if (names.Length > 1)
        {
            ((RowSample)state).Add(names, [.. names.Select(name => RowSample.Bits(Numbers.Of(batch[name])))], batch.Rows);
        }
    }

    public override CheckFit Fit(Seen seen)
    {
        var now = Distributions.Of(seen, (RowSample)seen.State!);
        var (baseline, since) = options.Baseline is { } given ? (given, "the baseline") : (seen.Earlier?.Report.Distributions, seen.Earlier?.Version ?? "");
        if (baseline is null)
        {
            var why = seen.Earlier is null ? "there is no baseline and no version before" : $"the report on {seen.Earlier.Version} has no distributions, because this check did not run then";
            return new CheckFit(Results(0, 0, 0, 0, 0, 0)) { Distributions = now, Notes = [$"drift: nothing was compared: {why}."] };
        }

        var tests = OfColumns(baseline, seen).Concat(Pairs(baseline, now)).ToList();
        var beyond = BeyondChance(tests).Where(t => t.Matters).ToList();
        var (unseen, cells, present) = UnseenIn(baseline, seen);
        return new CheckFit(
            Results(
                beyond.Where(t => t.Reason == Shift).Select(t => t.Column).Distinct().Count(), tests.Where(t => t.Reason == Shift).Select(t => t.Column).Distinct().Count(),
                beyond.Count(t => t.Reason == Break), tests.Count(t => t.Reason == Break), cells, present),
            unseen.Count == 0 ? null : unseen)
        {
            Distributions = now,
            Notes = [.. OfSchema(baseline, seen.Schema, since), .. Shown([.. beyond.Select(t => $"{t.Reason}: {t.Column} since {since}: {t.What}.")])],
        };
    }

    public override void Apply(Judged judged)
    {
        foreach (var (column, values) in judged.Learned<UnseenValues[]>() ?? [])
        {
            if (judged.Batch.Schema.Has(column) && judged.Batch[column] is TextColumn text)
            {
                var unseen = values.Select(Encoding.UTF8.GetBytes).ToDictionary(v => RowHash.Bytes(v));
                var rows = new List<int>();
                for (var row = 0; row < text.Rows; row++)
                {
                    if (!text.IsNull(row) && unseen.TryGetValue(RowHash.Bytes(text[row]), out var value) && text[row].SequenceEqual(value))
                    {
                        rows.Add(row);
                    }
                }

                judged.Fail(Unseen, column, Severity.Low, rows);
            }
        }
    }

    static CheckResult[] Results(long shifts, long columns, long breaks, long pairs, long unseen, long cells) =>
    [
        new(Shift, null, Severity.Medium, shifts, columns, "columns"), new(Break, null, Severity.Medium, breaks, pairs, "pairs"),
        new(Unseen, null, Severity.Low, unseen, cells, "cells"),
    ];

    static IEnumerable<(ColumnDistribution Before, ColumnState Now)> Common(Distributions baseline, Seen seen)
    {
        var byName = baseline.Columns.DistinctBy(c => c.Name).ToDictionary(c => c.Name, StringComparer.Ordinal);
        return seen.Schema.Zip(seen.Columns).Where(c => byName.TryGetValue(c.First.Name, out var before) && before.Type == c.First.Type)
            .Select(c => (byName[c.First.Name], c.Second));
    }

    static IEnumerable<Test> OfColumns(Distributions baseline, Seen seen)
    {
        foreach (var (before, now) in Common(baseline, seen))
        {
            if (SharesOf(before, now) is { } shares && shares.Psi is var psi)
            {
                yield return new Test(Shift, $"'{before.Name}'", shares.PValue, psi >= LeastPsi, Invariant($"{shares.Where} (PSI {psi:0.00})"));
            }

            var (presentBefore, presentNow) = (baseline.Rows - before.Missing, now.Present);
            if (before.Missing + now.Missing > 0 && presentBefore + presentNow > 0 && baseline.Rows > 0 && now.Rows > 0)
            {
                var (from, to) = ((double)before.Missing / baseline.Rows, (double)now.Missing / now.Rows);
                var missing = new Shares(["missing", "present"], [before.Missing, presentBefore], [now.Missing, presentNow]);
                yield return new Test(Shift, $"'{before.Name}'", missing.PValue, Math.Abs(to - from) >= LeastMissing, Invariant($"missing cells {from:0.0%} → {to:0.0%}"));
            }
        }
    }

    static Shares? SharesOf(ColumnDistribution before, ColumnState now)
    {
        if (before.Counts.Count == before.Borders.Count + 1 && before.Borders.Count > 0 && now.Numbers is { Count: > 0 } numbers)
        {
            return Shares.OfBins(before.Borders, before.Counts, before.Count(numbers.Values));
        }

        return before.Values.Count > 0 && before.Values.Count == before.Counts.Count && !now.Values.IsOver && now.Present > 0
            ? Shares.OfValues(before.Values.Zip(before.Counts), now.Values.Top(int.MaxValue).Select(v => (Encoding.UTF8.GetString(v.Value), v.Count)))
            : null;
    }

    static IEnumerable<Test> Pairs(Distributions baseline, Distributions now)
    {
        foreach (var before in baseline.Correlations)
        {
            if (now.Correlations.FirstOrDefault(c => c.Left == before.Left && c.Right == before.Right) is { } after)
            {
                yield return new Test(
                    Break, $"'{before.Left}' × '{before.Right}'", Drift.CorrelationPValue((before.Value, before.Rows), (after.Value, after.Rows)),
                    Math.Abs(after.Value - before.Value) >= LeastCorrelation, Invariant($"rank correlation {before.Value:0.00} → {after.Value:0.00}"));
            }
        }
    }

    static IEnumerable<Test> BeyondChance(List<Test> tests) =>
        Drift.BeyondChance(tests.Select(t => t.PValue)) is var limit ? tests.Where(t => t.PValue <= limit) : [];

    static (List<UnseenValues> Columns, long Cells, long Present) UnseenIn(Distributions baseline, Seen seen)
    {
        var (columns, cells, present) = (new List<UnseenValues>(), 0L, 0L);
        foreach (var (before, now) in Common(baseline, seen).Where(c => c.Before.Type == ColumnType.Text))
        {
            if (before.Values.Count > 0 && !now.Values.IsOver)
            {
                var known = before.Values.ToHashSet(StringComparer.Ordinal);
                var unseen = now.Values.Top(int.MaxValue).Select(v => (Value: Encoding.UTF8.GetString(v.Value), v.Count)).Where(v => !known.Contains(v.Value)).ToList();
                present += now.Present;
                cells += unseen.Sum(v => v.Count);
                if (unseen.Count > 0)
                {
                    columns.Add(new UnseenValues(before.Name, [.. unseen.Select(v => v.Value).Order(StringComparer.Ordinal)]));
                }
            }
        }

        return (columns, cells, present);
    }

    static IEnumerable<string> OfSchema(Distributions baseline, Schema schema, string since)
    {
        var gone = baseline.Columns.Where(c => !schema.Has(c.Name)).Select(c => $"'{c.Name}' is gone");
        var retyped = baseline.Columns.Where(c => schema.Has(c.Name) && schema[c.Name].Type != c.Type)
            .Select(c => $"'{c.Name}' was {ColumnChoice.Words(c.Type)} and is {ColumnChoice.Words(schema[c.Name].Type)}");
        var added = schema.Where(f => baseline.Columns.All(c => c.Name != f.Name)).Select(f => $"'{f.Name}' is new");
        string[] changes = [.. gone, .. retyped, .. added];
        return changes.Length == 0 ? [] : [$"drift: columns that cannot be compared with {since}: {string.Join(", ", Shown(changes))}."];
    }

    static IEnumerable<string> Shown(IReadOnlyList<string> texts) => texts.Count <= MaxNotes ? texts : [.. texts.Take(MaxNotes), $"and {texts.Count - MaxNotes:N0} more"];

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    sealed record Test(string Reason, string Column, double PValue, bool Matters, string What);

    /// <summary>Values of a column that the baseline does not have.</summary>
    internal sealed record UnseenValues(string Column, IReadOnlyList<string> Values);
}
