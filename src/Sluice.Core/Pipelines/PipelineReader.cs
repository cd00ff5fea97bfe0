using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.Connectors;
using Sluice.Pipelines.Optimise;
using Sluice.Steps;

namespace Sluice.Pipelines;

/// <summary>Reads one pipeline file; everything that is wrong is reported together.</summary>
sealed partial class PipelineReader(Catalog catalog, string? file)
{
    const int MaxSteps = 500, MaxWarnings = 20;
    const int FormatVersion = 1;

    static readonly string[] TopKeys = ["name", "description", "dataset", "version", "seed", "steps", "optimization", "optimize", "debug", "pipeline_config"];

    readonly ProblemList problems = new(file);

    public PipelineGraph Read(string text)
    {
        var root = YamlReader.Read(text, problems);
        if (root is not YamlMap map)
        {
            if (root is not null || problems.Count == 0)
            {
                problems.Add(root ?? new YamlMap(1, 1), $"A pipeline is a mapping with 'name' and 'steps'; found {root?.Found ?? "an empty file"}.");
            }

            problems.ThrowIfAny();
            throw new InvalidOperationException("A text that gives no mapping has a problem.");
        }

        CheckKeys(map, TopKeys, "a pipeline");
        var name = Text(map, "name", required: true) ?? "";
        var description = Text(map, "description");
        var dataset = ReadDataset(map, name);
        CheckVersion(map);
        var config = ReadConfig(map);
        var seed = ReadSeed(map, config);
        var optimization = ReadOptimization(map);
        var optimize = ReadOptimize(map);
        var debug = ReadDebug(map);
        var nodes = new StepReader(catalog, problems, config, seed, dataset).Read(map, MaxSteps);
        var chains = new StepInputs(nodes, problems).Find() is { } inputs ? new ChainCut(nodes, inputs, dataset, problems).Cut() : null;
        problems.ThrowIfAny();
        return Build(new Header(name, description, dataset, seed, optimization, optimize, debug), nodes, chains!);
    }

    PipelineGraph Build(Header header, IReadOnlyList<StepNode> nodes, IReadOnlyList<Chain> chains)
    {
        var places = nodes.ToDictionary(node => node.Id, node => new StepPlaces(node.Place, node.Places));
        var instances = chains.Select(chain => chain.All.ToDictionary(node => node.Id, Create)).ToList();
        problems.ThrowIfAny();
        PipelineChain[] built = [.. chains.Select((chain, i) => new PipelineChain(Build(header, chain, instances[i], places), chain.After))];
        GraphLint.Check(built, (id, path) => path.Length == 0 ? places[id].Step : places[id].Of(path), problems);
        problems.ThrowIfAny();
        return new PipelineGraph(built, Array.FindIndex(built, c => c.Pipeline.Dataset == header.Dataset));
    }

    Pipeline Build(Header header, Chain chain, Dictionary<string, object?> instances, Dictionary<string, StepPlaces> places)
    {
        return new Pipeline
        {
            Name = header.Name,
            Description = header.Description,
            Dataset = chain.Dataset,
            Seed = header.Seed,
            Optimization = header.Optimization,
            Optimize = header.Optimize,
            Debug = header.Debug.SaveIntermediateResults,
            Profile = header.Debug.ProfilePerformance,
            LogLevel = header.Debug.LogLevel,
            FileName = file,
            Source = new PipelineSource(chain.Source.Id, chain.Source.Type, (Source)instances[chain.Source.Id]!, chain.Source.OptionsJson),
            Steps = [.. Looks(chain.Source, (Source)instances[chain.Source.Id]!), .. chain.Steps.SelectMany(node => Expand(node, (Step)instances[node.Id]!))],
            Sinks = [.. chain.Sinks.Select(node => new PipelineSink(node.Id, node.Type, (Sink)instances[node.Id]!, node.OptionsJson))],
            CanonicalJson = Canonical(header, chain),
            Places = places,
            Warnings = [.. problems.Warnings.Take(MaxWarnings).Select(w => $"{w} It was taken as it stands.")],
        };
    }

    object? Create(StepNode node)
    {
        try
        {
            return catalog.Create(node.Kind!.Value, node.Type, node.Options);
        }
        catch (DataException error)
        {
            problems.Add(node.Places.GetValueOrDefault("", node.Place), error.Message);
            return null;
        }
    }

    // A step of the source's own stands before all others, as an operation of it.
    static IEnumerable<PipelineStep> Looks(StepNode node, Source source) => source.Look is not { } look ? []
        : [new PipelineStep($"{node.Id}/0:{CanonicalJson.TypeOf(look.GetType())}", CanonicalJson.TypeOf(look.GetType()), look, node.OptionsJson, node.Id)];

    static IEnumerable<PipelineStep> Expand(StepNode node, Step step)
    {
        if ((step is StepGroup group ? group.Expand() : step.Parts) is not { } parts)
        {
            return [new PipelineStep(node.Id, node.Type, step, node.OptionsJson, node.Id)];
        }

        return parts.Select((part, i) =>
        {
            var type = CanonicalJson.TypeOf(part.GetType());
            return new PipelineStep($"{node.Id}/{i}:{type}", type, part, CanonicalJson.OwnOptions(part) ?? node.OptionsJson, node.Id);
        });
    }

    static string Canonical(Header header, Chain chain)
    {
        JsonObject Step(StepNode node, string? input)
        {
            var json = new JsonObject { ["id"] = node.Id, ["type"] = node.Type, ["config"] = JsonNode.Parse(node.OptionsJson) };
            if (input is not null)
            {
                json["depends_on"] = new JsonArray(input);
            }

            return json;
        }

        var last = chain.Steps is [.., var end] ? end : chain.Source;
        IEnumerable<StepNode> data = chain.Steps.Prepend(chain.Source);
        var steps = data.Select((node, i) => Step(node, i == 0 ? null : data.ElementAt(i - 1).Id))
            .Concat(chain.Sinks.OrderBy(sink => sink.Id, StringComparer.Ordinal).Select(sink => Step(sink, last.Id)));
        var root = new JsonObject { ["name"] = header.Name, ["dataset"] = chain.Dataset, ["version"] = FormatVersion, ["steps"] = new JsonArray([.. steps]) };
        if (header.Description is not null)
        {
            root["description"] = header.Description;
        }

        if (header.Seed is not null)
        {
            root["seed"] = header.Seed;
        }

        return CanonicalJson.Write(root);
    }

    void CheckKeys(YamlMap map, string[] known, string owner)
    {
        foreach (var (key, value) in map.Entries.Where(e => !known.Contains(e.Key.Value, StringComparer.Ordinal)))
        {
            if (!Secrets.Refuse(key, value, problems))
            {
                problems.Add(key, $"'{YamlNode.Cut(key.Value)}' is not a key of {owner}.{ProblemList.Suggest(key.Value, known, "It has")}");
            }
        }
    }

    string? Text(YamlMap map, string key, bool required = false)
    {
        switch (map[key])
        {
            case YamlScalar { IsNull: false } text when text.Value.Trim().Length > 0:
                if (text.Value.Length > 1000)
                {
                    problems.Add(text, $"'{key}' has {text.Value.Length:N0} characters; at most 1,000 are allowed.");
                }

                return text.Value;
            case null when required:
                problems.Add(map, $"The pipeline needs '{key}'. Write for instance: {key}: \"Customer data\".");
                return null;
            case null:
                return null;
            case var other:
                problems.Add(other, $"'{key}' is {other.Found}; expected text.");
                return null;
        }
    }

    string ReadDataset(YamlMap map, string name)
    {
        var given = Text(map, "dataset");
        if (given is not null)
        {
            if (!DatasetName.IsMatch(given))
            {
                problems.Add(map["dataset"]!, $"'dataset' is '{YamlNode.Cut(given)}'; "
                    + "expected 1 to 64 of a-z, 0-9, '-' and '_', beginning with a letter or digit.");
            }

            return given;
        }

        var slug = Slug(name);
        if (slug.Length == 0 && name.Length > 0)
        {
            problems.Add(map["name"]!, $"No dataset name can be made from '{YamlNode.Cut(name)}'. Add one with a-z, 0-9, '-' and '_': dataset: my-data.");
        }

        return slug;
    }

    static string Slug(string name)
    {
        var slug = NotSlug.Replace(name.ToLowerInvariant(), "-").Trim('-');
        return (slug.Length > 64 ? slug[..64] : slug).Trim('-');
    }

    void CheckVersion(YamlMap map)
    {
        if (map["version"] is { } version && (version as YamlScalar)?.AsWhole() != FormatVersion)
        {
            problems.Add(version, $"'version' is {version.Found}; it is the version of the pipeline format, and this Sluice reads {FormatVersion}. "
                + "Versions of the dataset are counted by runs.");
        }
    }

    PipelineConfig ReadConfig(YamlMap map) => map["pipeline_config"] is { } node
        ? new OptionBinder(problems).Bind(node, node, typeof(PipelineConfig), "pipeline_config") as PipelineConfig ?? new PipelineConfig()
        : new PipelineConfig();

    long? ReadSeed(YamlMap map, PipelineConfig config)
    {
        if (map["seed"] is not { } node)
        {
            return config.RandomState;
        }

        if ((node as YamlScalar)?.AsWhole() is { } seed and >= 0 and <= int.MaxValue)
        {
            if (config.RandomState is { } other && other != seed)
            {
                problems.Add(node, $"'seed' is {seed} and 'random_state' of pipeline_config is {other}. They mean the same: remove one.");
            }

            return seed;
        }

        problems.Add(node, $"'seed' is {node.Found}; expected a whole number from 0 to {int.MaxValue}.");
        return null;
    }

    Optimization ReadOptimization(YamlMap map) => map["optimization"] is { } node
        ? new OptionBinder(problems).Bind(node, node, typeof(Optimization), "optimization") as Optimization ?? new Optimization()
        : new Optimization();

    RewriteLevel ReadOptimize(YamlMap map)
    {
        if (map["optimize"] is not { } node)
        {
            return RewriteLevel.Exact;
        }

        switch (node)
        {
            case YamlScalar { Value: "exact" }:
                return RewriteLevel.Exact;
            case YamlScalar { Value: "rows" }:
                return RewriteLevel.Rows;
            case YamlScalar scalar when scalar.AsFlag() is { } on:
                return on ? RewriteLevel.Exact : RewriteLevel.Off;
            default:
                problems.Add(node, $"'optimize' is {node.Found}; expected true or exact (the same version, cheaper), rows (the same rows), or false (steps as written).");
                return RewriteLevel.Exact;
        }
    }

    DebugMode ReadDebug(YamlMap map)
    {
        switch (map["debug"])
        {
            case null:
                return new DebugMode();
            case YamlScalar scalar when scalar.AsFlag() is { } debug:
                return new DebugMode { SaveIntermediateResults = debug };
            case YamlMap parts:
                return new OptionBinder(problems).Bind(parts, parts, typeof(DebugMode), "debug") as DebugMode ?? new DebugMode();
            case var other:
                problems.Add(other, $"'debug' is {other.Found}; expected true or false, or save_intermediate_results, profile_performance and log_level.");
                return new DebugMode();
        }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]{0,63}$")]
    internal static partial Regex DatasetName { get; }

    [GeneratedRegex("[^a-z0-9_]+")]
    static partial Regex NotSlug { get; }

    sealed record Header(string Name, string? Description, string Dataset, long? Seed, Optimization Optimization, RewriteLevel Optimize, DebugMode Debug);
}
