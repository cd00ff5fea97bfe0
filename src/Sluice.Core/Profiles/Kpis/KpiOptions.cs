using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Sluice.Embedding;
using Sluice.Pipelines;
using Sluice.Quality;

namespace Sluice.Profiles.Kpis;

/// <summary>Which key figures of a set are wanted; each part that is not given is left out.</summary>
public sealed record KpiOptions
{
    /// <summary>Columns whose values are the sources, domains, languages… that should be there. Default: none.</summary>
    public IReadOnlyList<ExpectedValues> Coverage { get; init; } = [];

    /// <summary>
    /// Options of <c>quality_validation</c> whose checks a row of a file passes or not. Of a version the validations of its run count, and this is refused. Default: none.
    /// </summary>
    public QualityValidation.Options? Accuracy { get; init; }

    /// <summary>Categories whose shares are compared, and a text that is compared by its meaning. Default: none.</summary>
    public DiversityOptions? Diversity { get; init; }

    /// <summary>Column of dates or times whose ages are counted. Default: none.</summary>
    public FreshnessOptions? Freshness { get; init; }

    /// <summary>From YAML or JSON.</summary>
    /// <exception cref="PipelineException">Every problem, with its place.</exception>
    public static KpiOptions Parse(string text, string? fileName)
    {
        var problems = new ProblemList(fileName);
        var node = YamlReader.Read(text, problems);
        problems.ThrowIfAny();
        var bound = new OptionBinder(problems).Bind(node, node ?? new YamlMap(1, 1), typeof(KpiOptions), "kpis");
        problems.ThrowIfAny();
        return (KpiOptions)bound!;
    }

    /// <summary>The step that judges the rows of a file; null: none is wanted.</summary>
    public JsonObject? Validation() =>
        Accuracy is null ? null : new JsonObject { ["id"] = "accuracy", ["type"] = "quality_validation", ["config"] = JsonNode.Parse(CanonicalJson.Of(Accuracy)) };
}

/// <summary>Values that a column should have.</summary>
public sealed record ExpectedValues
{
    /// <summary>The column.</summary>
    [MinLength(1)]
    public required string Column { get; init; }

    /// <summary>Its values; at least one.</summary>
    [MinLength(1)]
    public required IReadOnlyList<string> Expected { get; init; }
}

/// <summary>What diversity is measured by.</summary>
public sealed record DiversityOptions
{
    /// <summary>Columns of categories, at most 1,000 different values each. Default: none.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Column of texts whose Vendi score is computed from their vectors. Default: none.</summary>
    public string? Text { get; init; }

    /// <summary>Model that makes the vectors, as in the step <c>embed</c>. Default: use-lite-en.</summary>
    public string Model { get; init; } = EmbeddingModel.Default;
}

/// <summary>What freshness is measured by.</summary>
public sealed record FreshnessOptions
{
    /// <summary>Column of dates or times.</summary>
    [MinLength(1)]
    public required string Column { get; init; }

    /// <summary>Day that ages are counted to, yyyy-MM-dd. Default: of a version the day its run ended, of a file today.</summary>
    public DateOnly? AsOf { get; init; }
}
