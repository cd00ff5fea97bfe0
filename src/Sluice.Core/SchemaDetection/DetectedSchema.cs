using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Sluice.Steps;

namespace Sluice.SchemaDetection;

/// <summary>What a table is. Canonical: equal rows give equal bytes, whatever their order and batches.</summary>
public sealed record DetectedSchema
{
    public required IReadOnlyList<DetectedColumn> Columns { get; init; }

    /// <summary>What would make the table better, in words. <see cref="Transformations"/> has the same as steps, in the same order.</summary>
    public required IReadOnlyList<string> SuggestedTransformations { get; init; }

    /// <summary>The same as steps of a pipeline that run as they stand.</summary>
    public required IReadOnlyList<SuggestedStep> Transformations { get; init; }

    public required long Rows { get; init; }

    /// <summary>How each column was judged, in order of the columns.</summary>
    public required IReadOnlyList<ColumnEvidence> Evidence { get; init; }

    /// <summary>Minimal sets of columns that tell every row from the others, best first.</summary>
    public required IReadOnlyList<KeyCandidate> Keys { get; init; }

    /// <summary>Functional dependencies: columns that decide another.</summary>
    public required IReadOnlyList<Dependency> Dependencies { get; init; }

    /// <summary>Chains from fine to coarse, each level deciding the next: city, state, country.</summary>
    public required IReadOnlyList<Hierarchy> Hierarchies { get; init; }

    public required IReadOnlyList<DetectedIssue> Issues { get; init; }

    /// <summary>What was left out because of a limit.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>What a language model added, and which of its claims the data contradicts; left out where none was asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Refinement? Refinement { get; init; }

    static readonly JsonSerializerOptions indented = new(StepJson.Options)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>As JSON for people and programs, with the members' names in snake_case.</summary>
    public static string Json<T>(T value) => JsonSerializer.Serialize(value, indented);
}

/// <summary>One column, in the members that the schema format has; those that say nothing are left out.</summary>
public sealed record DetectedColumn
{
    public required string Name { get; init; }

    /// <summary><c>string</c>, <c>integer</c>, <c>decimal</c>, <c>float</c>, <c>boolean</c> or <c>datetime</c>.</summary>
    public required string Type { get; init; }

    /// <summary>How values are written: <c>YYYY-MM-DD</c>, <c>yes/no</c>, <c>#.##0,00</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Format { get; init; }

    /// <summary>Whether a value is missing.</summary>
    public required bool Nullable { get; init; }

    /// <summary>Name of the form that its values have: <c>email</c>, <c>phone</c>, <c>uuid</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Pattern { get; init; }

    /// <summary>True where the column holds personal data; left out otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Pii { get; init; }

    /// <summary>Digits of a decimal: at least 10, so that later values fit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Precision { get; init; }

    /// <summary>Decimal places of a decimal.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Scale { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Description { get; init; }
}

/// <summary>Why a column is said to be what it is.</summary>
public sealed record ColumnEvidence
{
    public required string Name { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SemanticType { get; init; }

    /// <summary>0 to 1; a judgement from the share of values that match and from the name, not a measured probability.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Confidence { get; init; }

    /// <summary>What its numbers are counted in; only a refinement says it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Unit { get; init; }

    /// <summary>In words: how many of the sampled values match, and whether the name says the same.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    public required long Missing { get; init; }

    /// <summary>Different values; an estimate where <see cref="DistinctError"/> is not 0.</summary>
    public required long Distinct { get; init; }

    /// <summary>Relative standard error of <see cref="Distinct"/>.</summary>
    public required double DistinctError { get; init; }

    /// <summary>No value twice and none missing; null: not known without a second look.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Unique { get; init; }

    /// <summary>Values that are not of the column's type, over all rows.</summary>
    public required long WrongType { get; init; }

    /// <summary>Ways of writing that the values use, most frequent first, with their share of the sampled values.</summary>
    public required IReadOnlyList<FormatShare> Formats { get; init; }

    /// <summary>A few values; letters as x and digits as 9 where the column holds personal data.</summary>
    public required IReadOnlyList<string> Examples { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Min { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Max { get; init; }
}

public sealed record FormatShare(string Format, double Share);

/// <summary>Columns whose values together are different in every row.</summary>
/// <param name="Columns">Minimal: without any of them it is no key.</param>
/// <param name="Verified">Whether all rows were compared; else the sample and an estimate say so.</param>
/// <param name="Score">0 to 1: how likely it is meant as the key, by name, type and place.</param>
public sealed record KeyCandidate(IReadOnlyList<string> Columns, bool Verified, double Score);

/// <summary>The values of some columns decide those of another.</summary>
/// <param name="From">Columns that decide.</param>
/// <param name="To">The column they decide.</param>
/// <param name="Error">g3: the least share of rows that would have to go for it to hold without exception (Kivinen and Mannila, 1995).</param>
/// <param name="Verified">Whether the error is of all rows; else it is of the sample.</param>
public sealed record Dependency(IReadOnlyList<string> From, string To, double Error, bool Verified);

/// <summary>Levels from fine to coarse.</summary>
public sealed record Hierarchy(IReadOnlyList<string> Levels, double Error);

/// <summary>Something wrong that was seen on the way.</summary>
/// <param name="Kind">snake_case.</param>
/// <param name="Column">Column, or null for the table.</param>
/// <param name="Count">Cells or rows.</param>
/// <param name="Estimated">Whether the count is projected from the sample.</param>
/// <param name="Message">In words.</param>
public sealed record DetectedIssue(string Kind, string? Column, long Count, bool Estimated, string Message);

/// <summary>A step that can be put into a pipeline as it stands.</summary>
/// <param name="Description">What it does and why, in words.</param>
/// <param name="Step">With <c>type</c> and <c>config</c>.</param>
/// <param name="Effect">What it is expected to change.</param>
public sealed record SuggestedStep(string Description, JsonObject Step, string Effect);

/// <summary>What a language model added to a schema.</summary>
/// <param name="Model">The model.</param>
/// <param name="Refused">Its claims that the data contradicts.</param>
public sealed record Refinement(string Model, IReadOnlyList<RefusedClaim> Refused);

/// <summary>A claim that was not taken over.</summary>
/// <param name="Column">Column; null: it is about the table.</param>
/// <param name="Claim"><c>type</c>, <c>semantic_type</c>, <c>pii</c>, <c>unit</c>, <c>range</c>, <c>key</c>, <c>reference</c> or <c>step</c>.</param>
/// <param name="Value">What was claimed.</param>
/// <param name="Reason">What contradicts it.</param>
public sealed record RefusedClaim(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Column, string Claim, string Value, string Reason);
