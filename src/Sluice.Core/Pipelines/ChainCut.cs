using Sluice.Datasets;
using Sluice.Runs;

namespace Sluice.Pipelines;

/// <summary>A source, the steps that follow it one after the other, and the sinks at their end.</summary>
/// <param name="Dataset">Dataset that it makes.</param>
/// <param name="Source">Where its rows come from; what an earlier chain makes, where it goes on with that.</param>
/// <param name="Steps">In the order they run.</param>
/// <param name="Sinks">Those that read its last step.</param>
/// <param name="After">Numbers of the chains that it reads.</param>
sealed record Chain(string Dataset, StepNode Source, IReadOnlyList<StepNode> Steps, IReadOnlyList<StepNode> Sinks, IReadOnlyList<int> After)
{
    public IEnumerable<StepNode> All => Steps.Prepend(Source).Concat(Sinks);
}

/// <summary>
/// Cuts the steps of a file into chains: after a step that more than one reads, that is read as a table, or whose rows a union takes. The chains are in an order in
/// which each comes after those that it reads. A file without such a step is one chain.
/// </summary>
sealed class ChainCut(IReadOnlyList<StepNode> nodes, IReadOnlyDictionary<StepNode, List<StepNode>> inputs, string dataset, ProblemList problems)
{
    const int MaxName = 64;

    readonly List<StepNode> data = [.. nodes.Where(n => n.Kind != CapabilityKind.Sink)];

    /// <summary>Name of the dataset of a chain that is not the main one: the pipeline's, and the id of the chain's last step.</summary>
    public static string NameOf(string dataset, string last)
    {
        var room = Math.Max(0, MaxName - 1 - last.Length);
        var name = $"{(dataset.Length > room ? dataset[..room] : dataset)}-{last.ToLowerInvariant()}".TrimStart('-', '_');
        return name.Length > MaxName ? name[..MaxName] : name;
    }

    /// <summary>The chains, or null after reporting why they cannot be.</summary>
    public IReadOnlyList<Chain>? Cut()
    {
        // The last step of the file from which nothing goes on keeps the name; what others read never does, so its name depends on its id alone.
        var main = data.Last(n => !Readers(n).Any());
        foreach (var unread in data.Where(n => !ReferenceEquals(n, main) && !Readers(n).Any() && !SinksOf(n).Any()))
        {
            problems.Add(unread.Place, $"Nothing reads '{unread.Id}', and it is not the last step: its rows would go nowhere. Let a step or a sink read it (depends_on: {unread.Id}), or remove it.");
        }

        var groups = InOrder([.. data.Where(StartsChain).Select(Grow)]);
        if (groups.Count > GraphRun.MostChains)
        {
            problems.Add(groups[GraphRun.MostChains][0].Place, $"The pipeline has {groups.Count} chains of steps; at most {GraphRun.MostChains} are allowed. Make two pipelines: the second reads what the first makes with the source 'dataset'.");
        }

        var chains = groups.Select(group => Of(group, main, groups)).ToList();
        foreach (var same in chains.GroupBy(c => c.Dataset, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            problems.Add(
                same.Last().All.Last(n => n.Kind != CapabilityKind.Sink).Place,
                $"Two parts of the pipeline would both make the dataset '{same.Key}'. Give the last step of one another id, or the pipeline a shorter 'dataset'.");
        }

        return problems.Count == 0 ? chains : null;
    }

    Chain Of(List<StepNode> group, StepNode main, List<List<StepNode>> groups)
    {
        var first = group[0];
        var own = first.Kind == CapabilityKind.Source;
        var source = own ? first : Rows(inputs[first][0]);
        var read = group.SelectMany((n, i) => i == 0 ? inputs[n] : inputs[n].Skip(1));
        return new Chain(
            ReferenceEquals(group[^1], main) ? dataset : NameOf(dataset, group[^1].Id), source, own ? group.GetRange(1, group.Count - 1) : group, [.. SinksOf(group[^1])],
            [.. read.Select(n => groups.FindIndex(g => ReferenceEquals(g[^1], n))).Distinct().Order()]);
    }

    /// <summary>The rows of a step of another chain, as the source that they are to this one.</summary>
    StepNode Rows(StepNode read)
    {
        var options = new DatasetSource.Options { Dataset = NameOf(dataset, read.Id) };
        return read with { Type = "dataset", Kind = CapabilityKind.Source, Options = options, OptionsJson = CanonicalJson.Of(options) };
    }

    bool StartsChain(StepNode node) => node.Kind == CapabilityKind.Source || !GoesOn(inputs[node][0]);

    /// <summary>Whether exactly one step reads it, and reads its rows, and nothing else does.</summary>
    bool GoesOn(StepNode node) =>
        Readers(node).ToList() is [var (reader, place)] && place == 0 && reader.Kind == CapabilityKind.Step && !SinksOf(node).Any();

    List<StepNode> Grow(StepNode first)
    {
        var group = new List<StepNode> { first };
        while (GoesOn(group[^1]))
        {
            group.Add(Readers(group[^1]).First().Reader);
        }

        return group;
    }

    /// <summary>Each chain after those that it reads; of several that could be next, the one that begins first in the file.</summary>
    List<List<StepNode>> InOrder(List<List<StepNode>> groups)
    {
        var (ordered, placed) = (new List<List<StepNode>>(), new HashSet<StepNode>(ReferenceEqualityComparer.Instance));
        while (groups.Count > 0)
        {
            var next = groups.Find(group => group.All(n => inputs[n].All(i => placed.Contains(i) || group.Contains(i))))!;
            groups.Remove(next);
            ordered.Add(next);
            placed.UnionWith(next);
        }

        return ordered;
    }

    IEnumerable<(StepNode Reader, int Place)> Readers(StepNode node) =>
        data.SelectMany(reader => inputs[reader].Select((read, place) => (reader, read, place))).Where(r => ReferenceEquals(r.read, node)).Select(r => (r.reader, r.place));

    IEnumerable<StepNode> SinksOf(StepNode node) => nodes.Where(n => n.Kind == CapabilityKind.Sink && ReferenceEquals(inputs[n][0], node));
}
