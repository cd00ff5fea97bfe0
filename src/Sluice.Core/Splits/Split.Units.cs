using Sluice.Schemas;
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
        || options.Strategy == SplitStrategy.MultiLabel || ByVectors;

    bool ByVectors => options.Strategy is SplitStrategy.Representative or SplitStrategy.Coverage;

    public override string DependsOn => options.Features?.DependsOn ?? "";

    public override VectorSource? Vectors(Schema input) => options.Features;

    int CoveringSet => options.CoveringSet is { } name ? sets.Names.ToList().IndexOf(name) : 0;

    /// <summary>Families of keys before the one of the texts.</summary>
    int TextFamily => options.NearDuplicates is null
        ? 0
        : OwnFamily + (options.Strategy == SplitStrategy.Group ? 1 : 0) + options.Together.Count + (options.Parent is null ? 0 : 2);

    Decided DecideUnits(KeyedRows rows, Decisions decisions, SplitState seen)
    {
        var units = new SplitUnits(rows, decisions, seen.Texts, options.NearDuplicates, options.MaxGroups);
        var wanted = sets.Wanted(units.All.Sum(u => u.Rows));
        var vectors = rows.Vectors is not null ? NodeVectors.Of(rows, decisions) : seen.Vectors is { } columns ? new NodeVectors(columns) : null;
        var (placed, strata, labels) = Place(units, wanted, seen, vectors);
        units.Place(rows, decisions, placed);
        return UnitReport(rows, decisions, wanted, units, placed, seen, vectors) is var decided && labels is not null
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
        KeyedRows rows, Decisions decisions, long[] wanted, SplitUnits units, byte[] setOfUnit, SplitState seen, NodeVectors? vectors)
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
        };
        return new Decided(
            new SplitReport(options.Strategy, options.Seed, [.. found], null, null, null, certificate)
            {
                Units = new SplitUnitCounts(units.All.Count, units.All.Max(u => u.Rows), units.Ties, perSet, units.Search),
                Likeness = vectors is { Width: > 0 } ? TwinPlan.Likeness(units.All, vectors, setOfUnit, sets.Names) : null,
                Coverage = options.Strategy == SplitStrategy.Coverage
                    ? new SplitCoverage(sets.Names[CoveringSet], CoverPlan.Radius(units.All, vectors!, setOfUnit, CoveringSet)) : null,
            },
            null);
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

    void PlanUnits(Schema input, StepProblems problems)
    {
        if (options.Strategy == SplitStrategy.Time)
        {
            RefuseWithTime("near_duplicates", options.NearDuplicates is not null);
            RefuseWithTime("together", options.Together.Count > 0);
            RefuseWithTime("parent", options.Parent is not null);
        }

        for (var i = 0; i < options.Together.Count; i++)
        {
            problems.Column(input, $"together[{i}]", options.Together[i]);
        }

        for (var i = 0; options.NearDuplicates is { } near && i < near.Columns.Count; i++)
        {
            problems.Column(input, $"near_duplicates.columns[{i}]", near.Columns[i]);
        }

        PlanParent(input, problems);
        PlanVectors(input, problems);

        void RefuseWithTime(string path, bool isGiven)
        {
            if (isGiven)
            {
                problems.Add(
                    path,
                    $"Strategy time places rows by their time alone, so it cannot also keep rows together by {path}. Remove {path}, or choose another strategy.");
            }
        }
    }

    void PlanParent(Schema input, StepProblems problems)
    {
        if (options.Parent is null != options.Id is null)
        {
            problems.Add(
                options.Parent is null ? "parent" : "id",
                "Only one of parent and id is given. Name both: the column that a row is known by, and the one that names its parent.");
        }
        else if (options.Parent is { } parent && options.Id is { } id
            && problems.Column(input, "parent", parent) & problems.Column(input, "id", id) && input[parent].Type != input[id].Type)
        {
            problems.Add(
                "parent", $"Column '{parent}' is {input[parent].Type} and '{id}' is {input[id].Type}; expected the same type. Convert one of them before the split.");
        }
    }

    void PlanVectors(Schema input, StepProblems problems)
    {
        if (options.CoveringSet is { } set && (options.Strategy != SplitStrategy.Coverage || CoveringSet < 0))
        {
            problems.Add("covering_set", options.Strategy != SplitStrategy.Coverage
                ? $"Only strategy coverage has a set that covers. Remove covering_set, or choose that strategy."
                : $"'{set}' is none of the sets {string.Join(", ", sets.Names)}. Name one of them.");
        }

        if (options.Features is { } features)
        {
            features.Plan(input, problems);
            if (!ByVectors || Columns.Length > 0)
            {
                problems.Add("features", ByVectors
                    ? $"Both features and columns are given ({ColumnWords}). Keep one of them."
                    : $"Strategy {Words(options.Strategy)} compares no features. Remove them, or choose representative or coverage.");
            }
        }
        else if (ByVectors)
        {
            PlanNumbers(input, problems);
        }
    }

    void PlanNumbers(Schema input, StepProblems problems)
    {
        foreach (var name in Columns.Where(name => input.Has(name) && input[name].Type == ColumnType.Text && !Unify.IsOpen(input[name])))
        {
            problems.Add("columns", $"Column '{name}' is text; strategy {Words(options.Strategy)} compares numbers. Name numeric columns, or give it as features: {{text: {name}}}.");
        }

        if (RowVectors.NumericColumns(input, Columns).Length == 0)
        {
            problems.Add("columns", $"Strategy {Words(options.Strategy)} needs a numeric column; it has: {input.Names}. Give features, or convert columns before the split.");
        }
    }

    static string Words(SplitStrategy strategy) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(strategy.ToString());
}
