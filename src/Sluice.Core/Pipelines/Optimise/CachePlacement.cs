using Sluice.Runs;
using Sluice.Steps;

namespace Sluice.Pipelines.Optimise;

/// <summary>
/// Chooses the places of a plan after which rows are kept. Every look applies the steps before it again (docs/decisions/0003); behind a dear step it is cheaper to write its rows once
/// and begin the later looks there. Rows are kept by everything they depend on, so nothing that comes out can change. Places are added one by one, the best first, while they pay.
/// </summary>
/// <param name="steps">Steps in the order of the plan.</param>
/// <param name="schemas">Schema before each step, and after the last.</param>
/// <param name="passes">Its looks.</param>
/// <param name="share">Share of the rows read that come to each step.</param>
sealed class CachePlacement(IReadOnlyList<Step> steps, IReadOnlyList<Schema> schemas, IReadOnlyList<Pass> passes, IReadOnlyList<double> share)
{
    // Of a row, as ApplyCost counts: a number takes 8 bytes and a text some 24 to write, hash and read back.
    const double WriteNumber = 10, WriteText = 35, ReadPart = 0.15;

    // For less nothing is written: a microsecond a row, and a tenth of what the looks cost.
    const double LeastGain = 100, LeastShare = 0.1;

    public (IReadOnlyList<KeptRows> Kept, double Saves) Find()
    {
        var (places, cost) = (new SortedSet<int>(), CostOf([]));
        var written = cost;
        while (Enumerable.Range(1, Math.Max(0, steps.Count - 1)).Where(p => !places.Contains(p)).Select(p => (Place: p, Cost: CostOf([.. places.Append(p).Order()])))
            .OrderBy(p => p.Cost).FirstOrDefault() is { Place: > 0 } best && cost - best.Cost > Math.Max(LeastGain, LeastShare * written))
        {
            places.Add(best.Place);
            cost = best.Cost;
        }

        int[] all = [.. places];
        return ([.. all.Select(place => Kept(place, all))], written > 0 ? 1 - (cost / written) : 0);
    }

    KeptRows Kept(int place, int[] places)
    {
        var users = Users(place, places).ToList();
        return new KeptRows(place, ColumnsAt(place, users)?.Order(StringComparer.Ordinal).ToArray(), users.Count);
    }

    /// <summary>Looks that begin at a place: those behind it for which no later one is.</summary>
    IEnumerable<Pass> Users(int place, int[] places) => passes.Where(p => places.LastOrDefault(at => at <= p.Prefix) == place);

    double CostOf(int[] places)
    {
        var cost = passes.Sum(pass => Applied(places.LastOrDefault(at => at <= pass.Prefix), pass.Prefix, Wanted(pass)));
        var from = 0;
        foreach (var place in places)
        {
            var users = Users(place, places).ToList();
            var columns = ColumnsAt(place, users);
            var write = (columns is null ? schemas[place] : schemas[place].Select(columns)).Sum(f => f.Type == ColumnType.Text ? WriteText : WriteNumber);
            cost += Applied(from, place, columns) + (share[place] * write * (1 + (ReadPart * users.Count)));
            from = place;
        }

        return cost;
    }

    /// <summary>Columns that these looks read at a place; null = all.</summary>
    IReadOnlySet<string>? ColumnsAt(int place, IEnumerable<Pass> users)
    {
        IReadOnlySet<string>? columns = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pass in users)
        {
            columns = columns is null || PassPlan.Columns(steps, schemas, pass.Prefix, Wanted(pass), place) is not { } needed ? null : columns.Union(needed).ToHashSet(StringComparer.Ordinal);
        }

        return columns;
    }

    /// <summary>What it costs to apply the steps of [from, to) for some columns after them.</summary>
    double Applied(int from, int to, IReadOnlySet<string>? wanted)
    {
        var cost = 0.0;
        for (var i = to - 1; i >= from; i--)
        {
            wanted = wanted is null ? null : steps[i].Needs(schemas[i], wanted);
            cost += steps[i].IsPassive ? 0 : share[i] * steps[i].ApplyCost(wanted is null ? schemas[i] : schemas[i].Select(wanted));
        }

        return cost;
    }

    IReadOnlySet<string>? Wanted(Pass pass) =>
        pass.Observers[0] == PassPlan.Before ? null : PassPlan.Looked(pass.Observers.Select(o => steps[o]), schemas[pass.Prefix]);
}
