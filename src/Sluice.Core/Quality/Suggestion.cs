using System.Text.Json.Nodes;

namespace Sluice.Quality;

/// <summary>What a person could do about a finding.</summary>
/// <param name="Check">Reason of the check that suggests it.</param>
/// <param name="Column">Column concerned, or null.</param>
/// <param name="Text">In words.</param>
/// <param name="Step">A step that does it, as it stands in a pipeline; null where a person has to decide.</param>
public sealed record Suggestion(string Check, string? Column, string Text, JsonObject? Step);
