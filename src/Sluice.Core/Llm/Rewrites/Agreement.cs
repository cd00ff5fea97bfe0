using System.Text.Json.Nodes;
using Sluice.Llm.Prompts;
using Sluice.Profiles;

namespace Sluice.Llm.Rewrites;

/// <summary>What can be said of plans without known answers: how often they answer as the steps as written do. It is no quality: where those are wrong, so is who agrees with them.</summary>
static class Agreement
{
    const double Confidence = 0.95;

    /// <exception cref="PipelineException">A step is not one whose answers stand in a row, or its answers are texts that are seldom the same.</exception>
    public static void RequireComparable(RewriteRequest request)
    {
        foreach (var step in request.Steps)
        {
            var asked = AskedFields.OfAny(new RewrittenStep(step.Id, step.Type, (JsonObject)JsonNode.Parse(step.OptionsJson)!))
                ?? throw new PipelineException(
                    $"Step '{step.Group}' is none of llm_process, extract and semantic_filter, for which alone answers are held against those of the steps as written. Give examples with what is expected: --examples.", null);
            if (request.Metric is PromptMetric.Exact or PromptMetric.Accuracy && step.Type == "llm_process"
                && asked.Fields.FirstOrDefault(f => IsFreeText((JsonObject)f!)) is { } text)
            {
                throw new PipelineException(
                    $"The answers of step '{step.Id}' as '{text["name"]}' are free texts, of which two are seldom the same. Compare them by --metric f1, jaccard or judge.", null);
            }
        }
    }

    /// <summary>
    /// The plans with the share of rows, at least, for which they answer the same (Clopper and Pearson's limit). Each of several bounds may miss, so each gets its part of what all may miss by.
    /// </summary>
    public static List<RewrittenPlan> WithBounds(IReadOnlyList<RewrittenPlan> plans)
    {
        var others = plans.Count(p => p is { Rewrites.Count: > 0, Confirmed: not null });
        double AtLeast(PromptEvaluation found) => 1 - Probability.UpperShare(found.Rows.Count(r => r.Score < 1), found.Rows.Count, 1 - ((1 - Confidence) / others));
        return [.. plans.Select(p => p is { Rewrites.Count: > 0, Confirmed: { } confirmed } ? p with { SameAnswersAtLeast = AtLeast(confirmed) } : p)];
    }

    static bool IsFreeText(JsonObject field) =>
        (string?)field["type"] is null or "text" or "json" && field["labels"] is not JsonArray { Count: > 0 } && field["pattern"] is null;
}
