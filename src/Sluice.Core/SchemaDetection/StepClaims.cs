using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Pipelines;

namespace Sluice.SchemaDetection;

/// <summary>
/// Steps that a refiner suggests: each is read and planned as a pipeline's own, after those that are suggested already, and refused with the planner's own words where that fails.
/// </summary>
sealed class StepClaims(Schema table, IReadOnlyList<SuggestedStep> plain)
{
    const int MaxSteps = 8, MaxConfig = 4_000, MaxWhy = 200;

    // What makes rows better by their values alone: nothing that reads files, asks models, draws samples or decides what a dataset is for.
    public static IReadOnlyList<string> Offered { get; } =
        ["strip_whitespace", "standardize_case", "fix_types", "handle_missing", "remove_duplicates", "remove_outliers", "date_parts", "filter", "quality_validation"];

    // What holds is checked at the end, after all that changes rows.
    readonly List<SuggestedStep> changes = [.. plain.Where(s => !IsCheck(s))];
    readonly List<SuggestedStep> checks = [.. plain.Where(IsCheck)];

    public IReadOnlyList<SuggestedStep> All => [.. changes, .. checks];

    public void Take(IReadOnlyList<StepClaim> claims, JsonArray ranges, List<RefusedClaim> refused)
    {
        foreach (var (claim, number) in claims.Select((claim, number) => (claim, number)))
        {
            if (number >= MaxSteps)
            {
                refused.Add(new RefusedClaim(null, "step", claim.Type, $"{claims.Count:N0} steps were suggested; at most {MaxSteps} are taken"));
            }
            else if (Add(claim, "Suggested by a model; what it changes was not measured.") is { } problem)
            {
                refused.Add(new RefusedClaim(null, "step", $"{claim.Type} {Cut(claim.Config, 80)}", problem));
            }
        }

        if (ranges.Count > 0)
        {
            var config = new JsonObject { ["business_rules"] = ranges };
            Add(new StepClaim("quality_validation", config.ToJsonString(), "Check that numbers stay in the ranges that make sense for them"), "Nothing changes; no value is outside now.");
        }
    }

    string? Add(StepClaim claim, string effect)
    {
        if (!Offered.Contains(claim.Type))
        {
            return $"'{Cut(claim.Type, 60)}' is not among the steps that can be suggested: {string.Join(", ", Offered)}";
        }

        if (claim.Config.Length > MaxConfig || Config(claim.Config) is not { } config)
        {
            return $"its options are no JSON object of at most {MaxConfig:N0} characters";
        }

        var step = new SuggestedStep(Words(claim), new JsonObject { ["type"] = claim.Type, ["config"] = config }, effect);
        if (All.Any(s => JsonNode.DeepEquals(s.Step, step.Step)))
        {
            return "it is suggested already";
        }

        if (Problem([.. changes, .. checks, step]) is { } problem)
        {
            return problem;
        }

        (IsCheck(step) ? checks : changes).Add(step);
        return null;
    }

    string? Problem(IReadOnlyList<SuggestedStep> steps)
    {
        var source = new JsonObject { ["id"] = "in", ["type"] = "csv", ["config"] = new JsonObject { ["file_path"] = "in.csv" } };
        var nodes = steps.Select((s, i) => (JsonNode)new JsonObject { ["id"] = $"s{i}", ["type"] = s.Step["type"]!.DeepClone(), ["config"] = s.Step["config"]!.DeepClone() });
        try
        {
            Pipeline.Parse(new JsonObject { ["name"] = "claims", ["steps"] = new JsonArray([source, .. nodes]) }.ToJsonString()).CheckColumns(table);
            return null;
        }
        catch (PipelineException error)
        {
            return error.Problems.Count > 0 ? error.Problems[0].Message : error.Message;
        }
    }

    static JsonObject? Config(string json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static string Words(StepClaim claim) => string.IsNullOrWhiteSpace(claim.Why) ? claim.Type.Replace('_', ' ') : Cut(claim.Why.Trim().TrimEnd('.').ReplaceLineEndings(" "), MaxWhy);

    static bool IsCheck(SuggestedStep step) => (string?)step.Step["type"] == "quality_validation";

    static string Cut(string text, int max) => text.Length <= max ? text : text[..(max - 1)] + "…";
}
