using Sluice.Llm.Prompts;
using Sluice.Pipelines;

namespace Sluice.Llm.Rewrites;

/// <summary>What to search, and how far.</summary>
/// <param name="Steps">A step of a pipeline that asks a language model, or several that stand behind each other.</param>
/// <param name="Examples">
/// Rows that come to the first, with what is expected, as <see cref="PromptTest"/> has them. Of several steps each field has its column <c>expected_FIELD</c>, and where a filter is among them
/// <c>expected_kept</c> says whether the row stays.
/// </param>
/// <param name="Metric">How answers are compared.</param>
public sealed record RewriteRequest(IReadOnlyList<PipelineStep> Steps, Batch Examples, PromptMetric Metric)
{
    /// <summary>Whether the examples have no such columns, and what is expected is what the steps as written answer.</summary>
    public bool IsAgreement { get; init; }

    /// <summary>Model that judges, for that metric.</summary>
    public string Judge { get; init; } = "default";

    /// <summary>Models that may take the place of the step's.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Model that writes other prompts from what went wrong; null: none are tried.</summary>
    public string? Writer { get; init; }

    /// <summary>Plans that are tried at most.</summary>
    public int MostPlans { get; init; } = 20;

    /// <summary>Examples that plans are searched by at most, never more than half of them; the others are held back.</summary>
    public int SearchRows { get; init; } = 40;

    /// <summary>US dollars that the search may spend; null: no limit.</summary>
    public decimal? BudgetUsd { get; init; }
}
