using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.Pipelines;

/// <summary>One entry of <c>steps</c>, as far as it could be read.</summary>
sealed record StepNode
{
    public required YamlNode Place { get; init; }

    public required string Id { get; init; }

    /// <summary>Name in the catalogue; empty when it is unknown.</summary>
    public required string Type { get; init; }

    public CapabilityKind? Kind { get; init; }

    public object? Options { get; init; }

    public string OptionsJson { get; init; } = "{}";

    public IReadOnlyDictionary<string, YamlNode> Places { get; init; } = new Dictionary<string, YamlNode>();

    /// <summary>What <c>depends_on</c> says; null when it is not given.</summary>
    public IReadOnlyList<YamlScalar>? DependsOn { get; init; }

    public YamlNode DependsOnPlace { get; init; } = new YamlList(0, 0);

    /// <summary>Whether it is a source that puts the rows of other steps together.</summary>
    public bool IsUnion { get; init; }

    /// <summary>Whether its type is that of a source too, and nothing says that it is none.</summary>
    public bool MayBeSource { get; init; }

    /// <summary>Whether it reads a table beside its rows, which may be what another step gives.</summary>
    public bool TakesTable { get; init; }
}

/// <summary>Reads the list of steps, each on its own.</summary>
sealed partial class StepReader(Catalog catalog, ProblemList problems, PipelineConfig config, long? seed, string dataset)
{
    static readonly string[] Keys = ["id", "name", "type", "config", "depends_on"];

    readonly Dictionary<string, YamlNode> ids = new(StringComparer.Ordinal);
    HashSet<string> read = [];
    bool hasSource;

    public IReadOnlyList<StepNode> Read(YamlMap root, int max)
    {
        switch (root["steps"])
        {
            case YamlList { Items.Count: 0 } empty:
                problems.Add(empty, "'steps' is empty. A pipeline needs at least a source.");
                return [];
            case YamlList list when list.Items.Count > max:
                problems.Add(list.Items[max], $"'steps' has {list.Items.Count:N0} entries; at most {max} are allowed.");
                return [];
            case YamlList list:
                read = [.. list.Items.OfType<YamlMap>().SelectMany(step => step["depends_on"] switch { YamlScalar one => [one], YamlList many => many.Items.OfType<YamlScalar>(), _ => [] }).Select(id => id.Value)];
                return [.. list.Items.Select(ReadStep).OfType<StepNode>()];
            case null:
                problems.Add(root, "The pipeline needs 'steps': a list that begins with a source.");
                return [];
            case var other:
                problems.Add(other, $"'steps' is {other.Found}; expected a list, each entry with 'id', 'type' and 'config'.");
                return [];
        }
    }

    StepNode? ReadStep(YamlNode node)
    {
        if (node is not YamlMap map)
        {
            problems.Add(node, $"A step is {node.Found}; expected a mapping with 'id', 'type' and 'config'.");
            return null;
        }

        foreach (var (key, value) in map.Entries.Where(e => !Keys.Contains(e.Key.Value, StringComparer.Ordinal)))
        {
            ReportKey(key, value);
        }

        var id = ReadId(map);
        var dependsOn = ReadDependsOn(map);
        var step = new StepNode { Place = map, Id = id, Type = "", DependsOn = dependsOn, DependsOnPlace = map["depends_on"] ?? map };
        return ReadType(map, id, dependsOn) is { } type ? Bind(step, map, type) : step;
    }

    StepNode Bind(StepNode step, YamlMap map, CapabilityInfo type)
    {
        var binder = new OptionBinder(problems);
        var isUnion = type.Kind == CapabilityKind.Source && step.DependsOn is { Count: > 0 } && catalog.HasOption(type.Kind, type.Type, "datasets", OptionKind.List);
        var takesTable = type.Kind == CapabilityKind.Step && catalog.HasOption(type.Kind, type.Type, "dataset", OptionKind.Text);
        var defaults = new JsonObject();
        if (takesTable && step.DependsOn is [_, var table])
        {
            defaults["dataset"] = ChainCut.NameOf(dataset, table.Value);
        }
        else if (isUnion)
        {
            defaults["datasets"] = new JsonArray([.. step.DependsOn!.Select(one => JsonValue.Create(ChainCut.NameOf(dataset, one.Value)))]);
        }

        if (defaults.Count > 0)
        {
            RefuseOtherTable(map["config"], isUnion);
        }

        var given = config.Within(type.Kind, catalog.ClassOf(type.Kind, type.Type), map["config"], problems);
        var options = catalog.BindOptions(type.Kind, type.Type, given, map, binder, problems, seed, config.NSplits, defaults);
        return step with
        {
            Type = type.Type,
            Kind = type.Kind,
            Options = options,
            OptionsJson = CanonicalJson.Of(options),
            Places = binder.Places,
            IsUnion = isUnion,
            MayBeSource = type.Kind == CapabilityKind.Sink && step.DependsOn is null && catalog.KindsOf(type.Type).Count > 1 && (map["type"] as YamlScalar)!.Value == type.Type,
            TakesTable = takesTable,
        };
    }

    /// <summary>What steps give is named by 'depends_on' alone.</summary>
    void RefuseOtherTable(YamlNode? given, bool isUnion)
    {
        foreach (var (key, _) in (given as YamlMap)?.Entries.Where(e => e.Key.Value is "file" or "dataset" or "datasets" or "version") ?? [])
        {
            problems.Add(key, $"'depends_on' names the {(isUnion ? "steps whose rows are read" : "step that gives the table")}, and '{key.Value}' names another. Remove one of them.");
        }
    }

    void ReportKey(YamlScalar key, YamlNode value)
    {
        if (!Secrets.Refuse(key, value, problems))
        {
            var near = ProblemList.Suggest(key.Value, Keys, "It has");
            problems.Add(key, $"'{YamlNode.Cut(key.Value)}' is not a key of a step.{near} Options belong under 'config'.");
        }
    }

    string ReadId(YamlMap map)
    {
        var node = map["id"] ?? map["name"];
        if (map["id"] is not null && map["name"] is { } both)
        {
            problems.Add(both, "A step has both 'id' and 'name'. They mean the same: remove one.");
        }

        if (node is not YamlScalar { IsNull: false } scalar)
        {
            problems.Add(node ?? map, node is null ? "A step needs 'id' (or 'name')." : $"'id' is {node.Found}; expected text.");
            return "";
        }

        var id = scalar.Value;
        if (!Id.IsMatch(id))
        {
            problems.Add(node, $"The id '{YamlNode.Cut(id)}' is not allowed; expected 1 to 64 of A-Z, a-z, 0-9, '_' and '-'.");
        }
        else if (!ids.TryAdd(id, node))
        {
            problems.Add(node, $"The id '{id}' is given twice; the first is on line {ids[id].Line}. Ids are unique.");
        }

        return id;
    }

    CapabilityInfo? ReadType(YamlMap map, string id, List<YamlScalar>? dependsOn)
    {
        var node = map["type"];
        if (node is not YamlScalar { IsNull: false } scalar)
        {
            problems.Add(node ?? map, node is null ? "A step needs 'type'." : $"'type' is {node.Found}; expected text.");
            return null;
        }

        var kinds = catalog.KindsOf(scalar.Value);
        if (kinds.Count == 0)
        {
            var near = ProblemList.Suggest(scalar.Value, catalog.Names, "There are");
            problems.Add(node, $"There is no source, step or sink '{YamlNode.Cut(scalar.Value)}'.{near}");
            return null;
        }

        // csv is a source and a sink: the first of them that reads no other step is a source, and so is each that another step reads or that says that it reads none.
        var kind = kinds.Count > 1 && (dependsOn is { Count: > 0 } || (hasSource && dependsOn is null && !read.Contains(id))) ? kinds[^1] : kinds[0];
        hasSource |= kind == CapabilityKind.Source;
        return catalog.Find(kind, scalar.Value);
    }

    List<YamlScalar>? ReadDependsOn(YamlMap map)
    {
        switch (map["depends_on"])
        {
            case null or YamlScalar { IsNull: true }:
                return null;
            case YamlScalar one:
                return [one];
            case YamlList list:
                foreach (var bad in list.Items.Where(item => item is not YamlScalar { IsNull: false }))
                {
                    problems.Add(bad, $"'depends_on' holds {bad.Found}; expected ids of steps.");
                }

                return [.. list.Items.OfType<YamlScalar>().Where(item => !item.IsNull)];
            case var other:
                problems.Add(other, $"'depends_on' is {other.Found}; expected the id of a step, or a list with one.");
                return null;
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$")]
    static partial Regex Id { get; }
}
