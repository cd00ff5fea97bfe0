namespace Sluice.Pipelines;

/// <summary>
/// Finds the steps that each step reads. A step that does not say reads the data step before it in the file; a union reads two or more, a step that takes a table
/// may read a second. What cannot be is reported.
/// </summary>
sealed class StepInputs(IReadOnlyList<StepNode> nodes, ProblemList problems)
{
    readonly Dictionary<string, StepNode> byId = nodes.Where(n => n.Id.Length > 0).GroupBy(n => n.Id, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);

    readonly Dictionary<StepNode, List<StepNode>> inputs = new(ReferenceEqualityComparer.Instance);

    /// <summary>The inputs of every step, in the order they are named; null after reporting why there are none.</summary>
    public IReadOnlyDictionary<StepNode, List<StepNode>>? Find()
    {
        if (nodes.Count == 0)
        {
            return null;
        }

        for (var i = 0; i < nodes.Count; i++)
        {
            inputs[nodes[i]] = [];
            FindOf(i);
        }

        ReportCycles();

        // A step of unknown type may be the source.
        if (nodes.All(n => n.Kind is not null and not CapabilityKind.Source))
        {
            problems.Add(nodes[0].Place, "The pipeline has no source. Its first step reads data, for instance: type: csv, with config: {file_path: customers.csv}.");
        }

        ReportReadSinks();
        return problems.Count == 0 ? inputs : null;
    }

    void FindOf(int index)
    {
        var node = nodes[index];
        if (node.Kind == CapabilityKind.Source && !node.IsUnion)
        {
            foreach (var given in node.DependsOn ?? [])
            {
                problems.Add(given, $"'{node.Id}' is a source and cannot depend on '{YamlNode.Cut(given.Value)}'. Remove 'depends_on'.");
            }
        }
        else if (node.DependsOn is not null)
        {
            FindGiven(node);
        }
        else if (nodes.Take(index).LastOrDefault(n => n.Kind != CapabilityKind.Sink) is { } before)
        {
            inputs[node].Add(before);
            ReportUnclear(node, nodes.Take(index).Reverse().TakeWhile(n => !ReferenceEquals(n, before)));
        }
        else if (node.Kind is not null && nodes.Any(n => n.Kind == CapabilityKind.Source))
        {
            problems.Add(node.Place, $"'{node.Id}' has nothing before it to read. Put the source first, or say what it reads with 'depends_on'.");
        }
    }

    // Were it read as a sink where a source is meant, it would write over the file.
    void ReportUnclear(StepNode node, IEnumerable<StepNode> between)
    {
        if (node.Kind == CapabilityKind.Step && between.FirstOrDefault(n => n.MayBeSource) is { } unclear)
        {
            problems.Add(
                unclear.Place, $"'{unclear.Id}' may read a file or write one: its type is that of a source and of a sink, and '{node.Id}' after it does not say what it reads. "
                + $"Write type: {unclear.Type}_connector to read, {unclear.Type}_sink to write.");
        }
    }

    void FindGiven(StepNode node)
    {
        foreach (var given in node.DependsOn!)
        {
            if (byId.TryGetValue(given.Value, out var input))
            {
                inputs[node].Add(input);
            }
            else
            {
                var near = ProblemList.Suggest(given.Value, byId.Keys, "There are");
                problems.Add(given, $"'{node.Id}' depends on '{YamlNode.Cut(given.Value)}', which does not exist.{near}");
            }
        }

        CheckCount(node, node.DependsOn.Count);
        if (node.IsUnion && node.DependsOn.GroupBy(d => d.Value, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            problems.Add(twice.Last(), $"'{node.Id}' names '{YamlNode.Cut(twice.Key)}' twice: each of its rows would come twice. Name each step once.");
        }
    }

    void CheckCount(StepNode node, int count)
    {
        var (least, most) = node.IsUnion ? (2, Datasets.DatasetSource.MostDatasets) : (1, node.TakesTable ? 2 : 1);
        if (count == 0)
        {
            problems.Add(node.DependsOnPlace, $"'depends_on' of '{node.Id}' is empty, and it is not a source. Name the step whose rows it reads.");
        }
        else if (count < least)
        {
            problems.Add(node.DependsOnPlace, $"'{node.Id}' puts the rows of steps together and names one. Name two or more, or remove it.");
        }
        else if (count > most)
        {
            problems.Add(node.DependsOn![most], $"'{node.Id}' depends on {count} steps. " + (most switch
            {
                1 => "It reads one: name only the step whose rows it reads; 'union' puts rows of several steps together, 'join' brings in the columns of a second.",
                2 => "It reads two at most: the rows, and the table beside them.",
                _ => $"It reads {most} at most.",
            }));
        }
    }

    void ReportCycles()
    {
        var done = new HashSet<StepNode>(ReferenceEqualityComparer.Instance);
        var path = new List<StepNode>();
        foreach (var node in nodes)
        {
            Visit(node, path, done);
        }
    }

    // From reader to read, depth first: a step that is met on its own path closes a cycle.
    void Visit(StepNode node, List<StepNode> path, HashSet<StepNode> done)
    {
        if (path.FindIndex(n => ReferenceEquals(n, node)) is var from and >= 0)
        {
            ReportCycle(path.GetRange(from, path.Count - from));
        }
        else if (!done.Contains(node))
        {
            path.Add(node);
            inputs[node].ForEach(input => Visit(input, path, done));
            path.RemoveAt(path.Count - 1);
            done.Add(node);
        }
    }

    void ReportCycle(List<StepNode> found)
    {
        // Rows go the other way than the search.
        found.Reverse();
        var first = found.IndexOf(found.MinBy(n => n.Place.Line)!);
        var turned = found.Skip(first).Concat(found.Take(first + 1)).Select(n => n.Id);
        problems.Add(found[first].DependsOnPlace, $"These steps wait for each other: {string.Join(" → ", turned)}. Remove one 'depends_on'.");
    }

    void ReportReadSinks()
    {
        foreach (var reader in nodes)
        {
            foreach (var read in inputs[reader].Where(n => n.Kind == CapabilityKind.Sink))
            {
                problems.Add(reader.DependsOnPlace, $"'{reader.Id}' reads '{read.Id}', which is a sink: nothing comes out of it. "
                    + $"Read what the sink reads: depends_on: [{inputs[read].FirstOrDefault()?.Id ?? "…"}].");
            }
        }
    }
}
