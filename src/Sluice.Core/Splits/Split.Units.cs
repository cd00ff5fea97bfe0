using Sluice.Splits.Units;
using Sluice.Steps;
using Sluice.TextDuplicates;
using Sluice.VectorSpace;

namespace Sluice.Splits;

// A split that keeps units whole: rows that belong together for several reasons at once.
public sealed partial class Split
{
    /// <summary>The first key of a row is its own.</summary>
    const int OwnFamily = 1;

    public override bool DecidesWithState => ByUnits;

    bool ByUnits => options.NearDuplicates is not null || options.Together.Count > 0 || options.Parent is not null
        || options.Strategy == SplitStrategy.MultiLabel || ByVectors || options.Cosine is not null;

    bool ByVectors => options.Strategy is SplitStrategy.Representative or SplitStrategy.Coverage;

    public override IReadOnlyList<(string Path, string Model)> Models => options.Features?.Models("features") ?? [];

    public override string DependsOn => options.Features?.DependsOn ?? "";

    public override VectorSource? Vectors(Schema input) => options.Features;

    int CoveringSet => options.CoveringSet is { } name ? sets.Names.ToList().IndexOf(name) : 0;

    /// <summary>Families of keys before the one of the texts.</summary>
    int TextFamily => options.NearDuplicates is null
        ? 0
        : OwnFamily + (options.Strategy == SplitStrategy.Group ? 1 : 0) + options.Together.Count + (options.Parent is null ? 0 : 2);

    Decided DecideUnits(KeyedRows rows, Decisions decisions, SplitState seen)
    {
        var meanings = options.Cosine is { } cosine ? new AlikeNodes(rows, decisions, cosine) : null;
        var units = new SplitUnits(rows, decisions, seen.Texts, options.NearDuplicates, meanings, options.MaxGroups);
        var wanted = sets.Wanted(units.All.Sum(u => u.Rows));
        var vectors = ByVectors && rows.Vectors is not null ? NodeVectors.Of(rows, decisions) : seen.Vectors is { } columns ? new NodeVectors(columns) : null;
        var (placed, strata, labels) = Place(units, wanted, seen, vectors);
        units.Place(rows, decisions, placed);
        return UnitReport(rows, decisions, wanted, units, placed, seen, vectors, meanings) is var decided && labels is not null
            ? decided with { Report = WithLabels(decided.Report, labels) }
            : decided with { Strata = options.Strategy == SplitStrategy.Stratified ? strata : null };
    }

    (byte[] SetOfUnit, DecidedStrata? Strata, IReadOnlyList<SplitStratum>? Labels) Place(
        SplitUnits units, long[] wanted, SplitState seen, NodeVectors? vectors)
    {
        switch (options.Strategy)
        {
            case SplitStrategy.MultiLabel:
                var byLabel = new LabelPlan(units.All, seen.Labels!, wanted);
                return (byLabel.SetOfUnit.ToArray(), null, byLabel.Strata);
            case SplitStrategy.Representative:
                return (TwinPlan.Of(units.All, vectors!, wanted), null, null);
            case SplitStrategy.Coverage:
                return (CoverPlan.Of(units.All, vectors!, wanted, CoveringSet), null, null);
            default:
                var plan = new UnitPlan(units.All, wanted);
                return (plan.SetOfUnit.ToArray(), plan.Strata, null);
        }
    }

    Decided UnitReport(
        KeyedRows rows, Decisions decisions, long[] wanted, SplitUnits units, byte[] setOfUnit, SplitState seen, NodeVectors? vectors, AlikeNodes? meanings)
    {
        var check = new UnitCheck(rows, decisions, wanted.Length, TextFamily);
        if (check.Crossing > 0 || check.Unplaced > 0)
        {
            throw new InvalidOperationException(
                $"The split placed {check.Crossing} of {check.Keys} keys in more than one set and left out {check.Unplaced} rows. "
                + "This is a defect of the step; nothing was kept.");
        }

        CheckFilled(check.Rows, wanted, units.All.Count, "units of rows that stay together", "A unit stays together");
        var all = check.Rows.Sum();
        var found = sets.Names.Select((name, set) => new SplitSet(name, check.Rows[set], (double)check.Rows[set] / all, wanted[set], check.Rows[set] - wanted[set]));
        var perSet = new long[wanted.Length];
        foreach (var set in setOfUnit)
        {
            perSet[set]++;
        }

        var certificate = new SplitCertificate(UnitWords, check.Keys, check.Crossing, options.Strategy == SplitStrategy.Group ? 0 : null)
        {
            LeakedPairs = options.NearDuplicates is { } near ? LeakedPairs.Count(seen.Texts!, near, check.SetOfText) : null,
            LeakedMeanings = meanings?.Leaked(SetsOfNodes(rows, decisions)),
        };
        return new Decided(
            new SplitReport(options.Strategy, options.Seed, [.. found], null, null, null, certificate)
            {
                Units = new SplitUnitCounts(units.All.Count, units.All.Max(u => u.Rows), units.Ties, perSet, units.Search) { Meanings = units.Meanings },
                Likeness = vectors is { Width: > 0 } ? TwinPlan.Likeness(units.All, vectors, setOfUnit, sets.Names) : null,
                Coverage = options.Strategy == SplitStrategy.Coverage
                    ? new SplitCoverage(sets.Names[CoveringSet], CoverPlan.Radius(units.All, vectors!, setOfUnit, CoveringSet)) : null,
            },
            null);
    }

    // From what was decided, not from what the units say.
    static Func<ulong, int> SetsOfNodes(KeyedRows rows, Decisions decisions)
    {
        var sets = new Dictionary<ulong, int>();
        var batches = new Dictionary<int, byte[]>();
        foreach (var row in rows)
        {
            if (row.Row < decisions.RowsOf(row.Batch))
            {
                if (!batches.TryGetValue(row.Batch, out var decided))
                {
                    batches.Add(row.Batch, decided = decisions.Of(row.Batch));
                }

                sets[row.Key.High] = decided[row.Row] - 1;
            }
        }

        return node => sets[node];
    }

    static SplitReport WithLabels(SplitReport report, IReadOnlyList<SplitStratum> labels) => report with
    {
        Strata = [.. labels.OrderByDescending(l => l.Rows).ThenBy(l => l.Name, StringComparer.Ordinal)],
        Certificate = report.Certificate with { LabelDeviation = Deviation(report.Sets, labels.Select(l => (l.Rows, l.PerSet))) },
    };

    static SplitReport WithDeviation(SplitReport report, DecidedStrata strata) => report with
    {
        Certificate = report.Certificate with
        {
            LabelDeviation = Deviation(report.Sets, strata.Rows.Zip(strata.Given, (rows, given) => (rows, (IReadOnlyList<long>)given))),
        },
    };

    static double? Deviation(IReadOnlyList<SplitSet> sets, IEnumerable<(long Rows, IReadOnlyList<long> PerSet)> strata)
    {
        var all = sets.Sum(s => s.Rows);
        return strata.SelectMany(s => s.PerSet.Select((rows, set) => Math.Abs(((double)rows / sets[set].Rows) - ((double)s.Rows / all)))).Cast<double?>().Max();
    }

    string UnitWords => string.Join("; ", new[]
    {
        "equal rows (64-bit hash of all columns)",
        options.Strategy == SplitStrategy.Group ? $"equal values of {ColumnWords}" : null,
        options.Together.Count > 0 ? $"equal values of any of {string.Join(", ", options.Together.Select(name => $"'{name}'"))}" : null,
        options.Parent is { } parent ? $"descent by '{parent}' from '{options.Id}'" : null,
        options.NearDuplicates is { } near ? $"near-duplicates from Jaccard {near.Threshold}" : null,
        options.Cosine is { } cosine ? $"one meaning of '{options.Features?.Cell}' from cosine {cosine}" : null,
    }.OfType<string>());

    SplitState NewUnitState(Schema input) => new(
        options.Strategy == SplitStrategy.Stratified ? new StratumNames(options.MaxStrata) : null,
        options.NearDuplicates is { } near ? new ShingleSets(near.MaxShingles) : null,
        options.Strategy == SplitStrategy.MultiLabel ? new LabelSets(options.MaxStrata) : null,
        ByVectors && options.Features is null ? new RowVectors(RowVectors.NumericColumns(input, Columns)) : null);

    void ObserveUnits(Batch batch, SplitState state)
    {
        if (state.Names is { } names)
        {
            var columns = Chosen(batch);
            names.Observe(columns, Hash(columns, batch.Rows));
        }

        if (state.Texts is { } texts)
        {
            nearTexts!.Observe(batch, texts);
        }

        if (state.Labels is { } labels)
        {
            LabelSets.Strata(batch, Columns, Separator, labels);
        }

        state.Vectors?.Observe(batch, UnitKeys.Nodes(batch, unchecked((ulong)options.Seed)));
    }

    /// <summary>Stratum of each row; null where strata do not matter.</summary>
    ulong[]? Strata(Batch batch) => options.Strategy switch
    {
        SplitStrategy.Stratified => [.. Hash(Chosen(batch), batch.Rows).Select(key => key.High)],
        SplitStrategy.MultiLabel => LabelSets.Strata(batch, Columns, Separator),
        _ => null,
    };

    /// <summary>One column lists labels; of several, each is a label.</summary>
    string? Separator => Columns.Length == 1 ? options.LabelSeparator : null;
}
