using System.ComponentModel.DataAnnotations;
using Sluice.Steps;

namespace Sluice.Llm;

/// <summary>
/// Takes the kept answer to a similar question where that is shown to be right often enough. How similar is enough is chosen in each run, on a sample of the new
/// questions that the model answers too; where the sample does not show it, the model answers all. Similar is not equal: this is off unless it is asked for.
/// </summary>
public sealed record SemanticCacheOptions
{
    /// <summary>Share of rows with a new question, at most, whose answer may differ from what the model would have answered.</summary>
    [Range(0.001, 0.5)]
    public required double MaxError { get; init; }

    /// <summary>Probability with which that may be missed, over the draw of the sample. Default: 0.05.</summary>
    [Range(0.000_001, 0.5)]
    public double Delta { get; init; } = 0.05;

    /// <summary>New questions of the sample; with no more than that the model answers all. A <c>max_error</c> of 0.02 needs about 150 at least. Default: 300.</summary>
    [Range(20, 1_000_000)]
    public int Sample { get; init; } = 300;

    /// <summary>Kept questions that are compared with, the newest. Default: 50,000.</summary>
    [Range(1, 1_000_000)]
    public int Compared { get; init; } = 50_000;

    /// <summary>
    /// Questions of the step that are kept to compare with, at most: those of the oldest runs are removed first when a run has asked, and so are those whose answers are older than <c>cache_ttl_hours</c>. At
    /// least <c>compared</c> make sense. A question takes 272 bytes. Default: 200,000.
    /// </summary>
    [Range(1, 100_000_000)]
    public int Kept { get; init; } = 200_000;

    /// <summary>Another number draws another sample. Default: 0.</summary>
    public int Seed { get; init; }

    /// <summary>The same promise as a cascade makes, with kept answers in the place of the cheaper model.</summary>
    internal CascadeOptions Promise => new() { Model = "similar questions", AtLeast = 1 - MaxError, Delta = Delta, LabelBudget = Sample, Seed = Seed };

    internal static void Check(AskOptions options, IReadOnlyList<AnswerField> fields, StepProblems problems)
    {
        if (fields.Any(f => f.Type != AnswerType.Boolean && f.Labels.Count == 0))
        {
            problems.Add("semantic_cache", "Whether the answer to a similar question is right is seen by comparing answers, so every field must have 'labels' or be true or false. Found a field with free values.");
        }

        if (options.Pii != PiiPolicy.Redact)
        {
            problems.Add("semantic_cache", $"Vectors of what is sent are kept to compare with, so personal data must not be in it. Found 'pii: {options.Pii.ToString().ToLowerInvariant()}', expected 'redact'.");
        }

        if (options.Cascade is not null)
        {
            problems.Add("semantic_cache", "'cascade' and 'semantic_cache' each make a promise about the same answers, and two promises are not one. Use one of them.");
        }

        if (options.Temperature != 0 || options.CacheTtlHours <= 0)
        {
            problems.Add("semantic_cache", "Answers are kept for later runs only with 'temperature: 0' and 'cache_ttl_hours' above 0.");
        }
    }
}
