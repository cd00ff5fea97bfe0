using System.ComponentModel.DataAnnotations;
using Sluice.Embedding;

namespace Sluice.Pipelines;

/// <summary>Settings of a whole pipeline, at its top under <c>pipeline_config</c>. What a step states itself wins.</summary>
public sealed record PipelineConfig : IValidatableObject
{
    /// <summary>Folder that relative paths of sinks start from; itself relative to where they start otherwise, and not out of it. Default: none, they start there.</summary>
    public string? OutputDir { get; init; }

    /// <summary>Folds of every <c>cross_validation</c> that does not say how many, 2 to 250. Default: the step's own.</summary>
    [Range(2, 250)]
    public int? NSplits { get; init; }

    /// <summary>The pipeline's <c>seed</c> by another name, 0 to 2,147,483,647. Default: none.</summary>
    [Range(0L, int.MaxValue)]
    public long? RandomState { get; init; }

    /// <summary>Folder that relative folders of embedding models start from. Bundled models and addresses are as they were. Default: none, they start at the folder of the process.</summary>
    public string? ModelsRootDir { get; init; }

    /// <summary>A folder within where paths start.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (OutputDir is not null && (string.IsNullOrWhiteSpace(OutputDir) || Path.IsPathRooted(OutputDir) || LeadsOut(OutputDir)))
        {
            yield return new ValidationResult($"'output_dir' is '{OutputDir}'; expected a relative folder without '..', for instance 'data_science_output'.", [nameof(OutputDir)]);
        }

        if (ModelsRootDir is not null && (string.IsNullOrWhiteSpace(ModelsRootDir) || ModelsRootDir.Contains('\0')))
        {
            yield return new ValidationResult("'models_root_dir' is empty; expected a folder.", [nameof(ModelsRootDir)]);
        }
    }

    /// <summary>The options of a step as they stand in the file, with these settings in them.</summary>
    internal YamlNode? Within(CapabilityKind kind, Type step, YamlNode? config, ProblemList problems) => config is not YamlMap map ? config
        : kind == CapabilityKind.Sink && OutputDir is not null ? With(map, "file_path", path => Placed(path, problems))
        : kind != CapabilityKind.Step || ModelsRootDir is null ? map
        : typeof(VectorStep).IsAssignableFrom(step) ? With(map, "model", Rooted)
        : map["features"] is YamlMap features ? With(map, "features", _ => With(features, "model", Rooted))
        : map;

    YamlNode Placed(YamlNode path, ProblemList problems)
    {
        if (path is not YamlScalar { IsNull: false } text || Path.IsPathRooted(text.Value))
        {
            return path;
        }

        if (LeadsOut(text.Value))
        {
            problems.Add(path, $"'file_path' is '{YamlNode.Cut(text.Value)}', which leads out of output_dir '{OutputDir}'. Leave '..' out of it, or leave out output_dir.");
            return path;
        }

        return Text(text, $"{OutputDir!.TrimEnd('/', '\\')}/{text.Value}");
    }

    YamlNode Rooted(YamlNode model) =>
        model is YamlScalar { IsNull: false } name && !TextEmbedders.IsBundled(name.Value) && !ModelDownload.IsAddress(name.Value) && !Path.IsPathRooted(name.Value)
            ? Text(name, Path.Combine(ModelsRootDir!, name.Value))
            : model;

    static YamlMap With(YamlMap map, string key, Func<YamlNode, YamlNode> change)
    {
        var changed = new YamlMap(map.Line, map.Column);
        changed.Entries.AddRange(map.Entries.Select(e => e.Key.Value == key ? (e.Key, change(e.Value)) : e));
        return changed;
    }

    static YamlScalar Text(YamlScalar at, string value) => new(at.Line, at.Column, value, plain: false, doubleQuoted: false);

    static bool LeadsOut(string path) => path.Contains('\0') || path.Split('/', '\\').Contains("..");
}
