using Sluice.Steps;
using Sluice.VectorSpace;

namespace Sluice.Selection;

// From a budget to ranks.
public sealed partial class SelectRows
{
    // Rank of a row that was selected before.
    const int Anchor = int.MaxValue;

    void PlanBudget(StepProblems problems)
    {
        if (options is { Count: null, Share: null, Radius: null, Coverage: null })
        {
            problems.Add("count", "Nothing says how many rows to choose. Give count, share, radius (for k_center) or coverage (for facility_location).");
        }

        if (options.Count is not null && options.Share is not null)
        {
            problems.Add("share", "Both count and share are given. Keep one of them.");
        }

        if (options.Share is 0)
        {
            problems.Add("share", "Found 0; expected more than 0 and at most 1.");
        }

        if (options.Radius is not null && options.Method != SelectBy.KCenter)
        {
            problems.Add("radius", "A radius is what k_center reaches. Choose method k_center, or give count or share.");
        }

        if (options.Coverage is not null && options.Method != SelectBy.FacilityLocation)
        {
            problems.Add("coverage", "A coverage is what facility_location reaches. Choose method facility_location, or give count or share.");
        }
    }

    void PlanWeight(Schema input, StepProblems problems)
    {
        if (options.WeightColumn is not { } name)
        {
            return;
        }

        if (options.Method != SelectBy.KCenter || options.Radius is not null)
        {
            problems.Add(
                "weight_column", $"Weights are for method k_center with count or share; found {(options.Radius is null ? $"method {options.Method}" : "a radius")}. Change that, or remove weight_column.");
        }

        if (problems.Column(input, "weight_column", name) && !Numbers.IsNumber(input[name].Type) && !Schemas.Unify.IsOpen(input[name]))
        {
            problems.Add("weight_column", $"Column '{name}' is {input[name].Type}; expected numbers from 0 to 1.");
        }
    }

    static void PlanOutput(Schema input, StepProblems problems, string path, string? name)
    {
        if (name is not null && string.IsNullOrWhiteSpace(name))
        {
            problems.Add(path, "The column has no name. Give it one.");
        }
        else if (name is not null && input.Has(name))
        {
            problems.Add(path, $"Column '{name}' is already there. Choose another {path}.");
        }
    }

    Schema Output(Schema input)
    {
        if (options.RankColumn is { } rank && !input.Has(rank))
        {
            input = input.With(new Field(rank, ColumnType.Int64));
        }

        return options.Action == SelectAction.Flag && !input.Has(options.OutputColumn)
            ? input.With(new Field(options.OutputColumn, ColumnType.Boolean, Nullable: false))
            : input;
    }

    /// <summary>Rows for each stratum: in proportion, what rounding leaves to the largest remainders.</summary>
    int[] Budget(IReadOnlyList<Stratum> strata)
    {
        var all = strata.Sum(s => (long)s.Count);
        var budget = Math.Min(all, options.Count ?? (options.Share is { } share ? (long)Math.Round(share * all, MidpointRounding.AwayFromZero) : all));
        var wanted = strata.Select(s => (int)(budget * s.Count / Math.Max(1, all))).ToArray();
        var left = budget - wanted.Sum(w => (long)w);
        foreach (var i in Enumerable.Range(0, strata.Count).OrderByDescending(i => budget * strata[i].Count % Math.Max(1, all)).ThenBy(i => i).Take((int)left))
        {
            wanted[i]++;
        }

        return wanted;
    }

    SelectedStratum Choose(VectorRows all, Stratum stratum, int wanted, int[] ranks)
    {
        var (rows, numbers) = options.Features.Cell is null ? (all, null) : WithVector(all);
        var anchors = Enumerable.Range(0, rows.Rows).Where(row => stratum.IsSelected[numbers?[row] ?? row]).ToList();
        foreach (var anchor in anchors)
        {
            ranks[stratum.First + (numbers?[anchor] ?? anchor)] = Anchor;
        }

        var candidates = new Candidates(rows, anchors, wanted, unchecked((ulong)options.Seed))
        {
            Weights = options.WeightColumn is null ? null : [.. Enumerable.Range(0, rows.Rows).Select(row => stratum.Weights[numbers?[row] ?? row])],
        };
        var (chosen, radius, coverage) = (0, double.NaN, double.NaN);
        foreach (var pick in SelectionMethods.Of(options.Method).Choose(candidates, CancellationToken.None))
        {
            radius = options.Method == SelectBy.KCenter ? pick.Value : double.NaN;
            if (chosen == wanted || radius <= options.Radius)
            {
                break;
            }

            radius = 0;
            ranks[stratum.First + (numbers?[pick.Row] ?? pick.Row)] = ++chosen;
            coverage = pick.Coverage;
            if (coverage >= options.Coverage)
            {
                break;
            }
        }

        return new SelectedStratum(anchors.Count, chosen, double.IsFinite(radius) && options.Method == SelectBy.KCenter ? radius : null, double.IsFinite(coverage) ? coverage : null);
    }

    // A text that is missing or empty has a vector of zeros, which says nothing: such rows are not chosen.
    internal static (VectorRows Rows, int[] Numbers) WithVector(VectorRows all)
    {
        var numbers = new List<int>(all.Rows);
        for (var row = 0; row < all.Rows; row++)
        {
            if (all[row].ContainsAnyExcept(0f))
            {
                numbers.Add(row);
            }
        }

        return (all.Pick(numbers), [.. numbers]);
    }
}

/// <summary>The methods by their names.</summary>
static class SelectionMethods
{
    public static SelectionMethod Of(SelectBy method) => method switch
    {
        SelectBy.KCenter => new KCenterMethod(),
        SelectBy.KernelPoints => new KernelPoints(),
        SelectBy.FacilityLocation => new FacilityLocation(),
        SelectBy.Zcore => new ZCore(),
        SelectBy.Typicality => new TypicalPoints(),
        SelectBy.Uniqueness => new UniquePoints(),
        SelectBy.Closest => new ClosestPoints(),
        SelectBy.Farthest => new FarthestPoints(),
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "There is no such method."),
    };
}

/// <summary>Rows of one stratum, which lie together in the walk.</summary>
sealed record Stratum(int First, int Count, bool[] IsSelected, float[] Weights)
{
    const int MostWeight = ushort.MaxValue;

    /// <summary>Bits of a key that say what the row weighs, where weights matter.</summary>
    public const ulong WeightBits = (ulong)MostWeight << 1;

    public static ulong Bits(double weight) => double.IsNaN(weight) ? 0 : (ulong)Math.Round(Math.Clamp(weight, 0, 1) * MostWeight) << 1;

    public static IReadOnlyList<Stratum> Of(KeyedRows rows, bool isStratified)
    {
        var (strata, selected, weights, first, last) = (new List<Stratum>(), new List<bool>(), new List<float>(), 0, 0UL);
        foreach (var row in rows)
        {
            if (isStratified && selected.Count > 0 && row.Key.High != last)
            {
                strata.Add(new Stratum(first, selected.Count, [.. selected], [.. weights]));
                first += selected.Count;
                selected.Clear();
                weights.Clear();
            }

            last = row.Key.High;
            selected.Add((row.Key.Low & 1) == 1);
            weights.Add((row.Key.Low & WeightBits) / (float)WeightBits);
        }

        strata.Add(new Stratum(first, selected.Count, [.. selected], [.. weights]));
        return strata;
    }
}

/// <summary>What was chosen in a stratum.</summary>
sealed record SelectedStratum(int Before, int Chosen, double? Radius, double? Coverage);

/// <summary>What a selection did; part of the version.</summary>
/// <param name="Method">How rows were chosen.</param>
/// <param name="Seed">Seed.</param>
/// <param name="Rows">Rows there were.</param>
/// <param name="Before">Rows that were selected before.</param>
/// <param name="Chosen">Rows that were chosen.</param>
/// <param name="Radius">For k_center without strata: every row has a selected one within this distance.</param>
/// <param name="Coverage">For facility_location without strata: share of what the rows stand for.</param>
/// <param name="Strata">Different values of the stratum columns; 1 without.</param>
public sealed record SelectionReport(SelectBy Method, long Seed, long Rows, int Before, int Chosen, double? Radius, double? Coverage, int Strata);
