namespace Sluice.Pipelines;

/// <summary>The steps of a pipeline in the order they run.</summary>
sealed record Chain(StepNode Source, IReadOnlyList<StepNode> Steps, IReadOnlyList<StepNode> Sinks)
{
    public IEnumerable<StepNode> All => Steps.Prepend(Source).Concat(Sinks);
}

/// <summary>
/// Puts steps in order by what they depend on. A step that does not say reads the data step before it in the file.
/// The result is one chain from one source, with sinks at its end; everything else is reported.
/// </summary>
sealed class ChainOrder(IReadOnlyList<StepNode> nodes, ProblemList problems)
{
    readonly Dictionary<string, StepNode> byId = nodes.Where(n => n.Id.Length > 0).GroupBy(n => n.Id, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);

    readonly Dictionary<StepNode, StepNode> inputs = new(ReferenceEqualityComparer.Instance);

    /// <summary>The order, or null when there is none.</summary>
    public Chain? Order()
    {
        if (nodes.Count == 0)
        {
            return null;
        }

        for (var i = 0; i < nodes.Count; i++)
        {
            FindInput(i);
        }

        ReportCycles();
        var sources = nodes.Where(n => n.Kind == CapabilityKind.Source).ToList();
        // A step of unknown type may be the source.
        if (sources.Count == 0 && nodes.All(n => n.Kind is not null))
        {
            problems.Add(nodes[0].Place, "The pipeline has no source. Its first step reads data, for instance: type: csv, with config: {file_path: customers.csv}.");
        }

        foreach (var extra in sources.Skip(1))
        {
            problems.Add(extra.Place, $"'{extra.Id}' is a second source; the first is '{sources[0].Id}'. A pipeline reads one source in this version: "
                + "give it a folder or a pattern of files instead, or make two pipelines.");
        }

        ReportBranches();
        return problems.Count == 0 ? Walk(sources[0]) : null;
    }

    void FindInput(int index)
    {
        var node = nodes[index];
        if (node.Kind == CapabilityKind.Source)
        {
            foreach (var given in node.DependsOn ?? [])
            {
                problems.Add(given, $"'{node.Id}' is a source and cannot depend on '{YamlNode.Cut(given.Value)}'. Remove 'depends_on'.");
            }

            return;
        }

        if (node.DependsOn is null)
        {
            if (nodes.Take(index).LastOrDefault(n => n.Kind != CapabilityKind.Sink) is { } before)
            {
                inputs[node] = before;
            }
            else if (node.Kind is not null && nodes.Any(n => n.Kind == CapabilityKind.Source))
            {
                problems.Add(node.Place, $"'{node.Id}' has nothing before it to read. Put the source first, or say what it reads with 'depends_on'.");
            }

            return;
        }

        FindGivenInput(node);
    }

    void FindGivenInput(StepNode node)
    {
        var found = new List<StepNode>();
        foreach (var given in node.DependsOn!)
        {
            if (byId.TryGetValue(given.Value, out var input))
            {
                found.Add(input);
            }
            else
            {
                var near = ProblemList.Suggest(given.Value, byId.Keys, "There are");
                problems.Add(given, $"'{node.Id}' depends on '{YamlNode.Cut(given.Value)}', which does not exist.{near}");
            }
        }

        if (node.DependsOn.Count == 0)
        {
            problems.Add(node.DependsOnPlace, $"'depends_on' of '{node.Id}' is empty, and it is not a source. Name the step whose rows it reads.");
        }
        else if (node.DependsOn.Count > 1)
        {
            problems.Add(node.DependsOn[1], $"'{node.Id}' depends on {node.DependsOn.Count} steps. A step reads one in this version, as there is no join: "
                + "name only the step whose rows it reads.");
        }

        if (found.Count > 0)
        {
            inputs[node] = found[0];
        }
    }

    void ReportCycles()
    {
        var done = new HashSet<StepNode>(ReferenceEqualityComparer.Instance);
        foreach (var start in nodes)
        {
            var path = new List<StepNode>();
            for (var node = start; node is not null && done.Add(node); node = inputs.GetValueOrDefault(node))
            {
                path.Add(node);
                if (inputs.TryGetValue(node, out var input) && path.FindIndex(n => ReferenceEquals(n, input)) is var from && from >= 0)
                {
                    // Walked from reader to read; rows go the other way.
                    var cycle = path.Skip(from).Reverse().Select(n => n.Id).ToList();
                    var first = cycle.IndexOf(path.Skip(from).MinBy(n => n.Place.Line)!.Id);
                    var turned = cycle.Skip(first).Concat(cycle.Take(first + 1));
                    problems.Add(byId[cycle[first]].DependsOnPlace, $"These steps wait for each other: {string.Join(" → ", turned)}. Remove one 'depends_on'.");
                }
            }
        }
    }

    void ReportBranches()
    {
        foreach (var readers in inputs.GroupBy(e => e.Value, e => e.Key, ReferenceEqualityComparer.Instance))
        {
            var read = (StepNode)readers.Key!;
            var data = readers.Where(n => n.Kind != CapabilityKind.Sink).OrderBy(Index).ToList();
            if (read.Kind == CapabilityKind.Sink)
            {
                foreach (var reader in readers)
                {
                    problems.Add(reader.DependsOnPlace, $"'{reader.Id}' reads '{read.Id}', which is a sink: nothing comes out of it. "
                        + $"Read what the sink reads: depends_on: [{inputs.GetValueOrDefault(read)?.Id ?? "…"}].");
                }

                continue;
            }

            foreach (var second in data.Skip(1))
            {
                problems.Add(second.DependsOnPlace, $"'{second.Id}' and '{data[0].Id}' both read '{read.Id}'. "
                    + "The steps of a pipeline form one chain in this version: "
                    + $"let '{second.Id}' depend on the last step before it, or make two pipelines.");
            }

            foreach (var sink in data.Count == 0 ? [] : readers.Where(n => n.Kind == CapabilityKind.Sink))
            {
                problems.Add(sink.DependsOnPlace, $"The sink '{sink.Id}' reads '{read.Id}', but '{data[0].Id}' reads it too. "
                    + $"Sinks come after the last step: let it depend on '{Last(data[0]).Id}'.");
            }
        }
    }

    int Index(StepNode node)
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            if (ReferenceEquals(nodes[i], node))
            {
                return i;
            }
        }

        return -1;
    }

    StepNode Last(StepNode node)
    {
        for (var hops = 0; hops < nodes.Count; hops++)
        {
            if (Next(node) is not { } next)
            {
                break;
            }

            node = next;
        }

        return node;
    }

    StepNode? Next(StepNode node) => nodes.FirstOrDefault(
        n => n.Kind != CapabilityKind.Sink && inputs.TryGetValue(n, out var input) && ReferenceEquals(input, node));

    Chain Walk(StepNode source)
    {
        var steps = new List<StepNode>();
        for (var node = Next(source); node is not null; node = Next(node))
        {
            steps.Add(node);
        }

        return new Chain(source, steps, [.. nodes.Where(n => n.Kind == CapabilityKind.Sink)]);
    }
}
