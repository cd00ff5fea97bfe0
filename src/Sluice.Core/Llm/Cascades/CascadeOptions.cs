using System.ComponentModel.DataAnnotations;
using Sluice.Steps;

namespace Sluice.Llm;

/// <summary>What a cascade promises, measured against what the step's model would have answered to all rows.</summary>
public enum CascadeTarget
{
    /// <summary>The share of rows with the same answer.</summary>
    Accuracy,

    /// <summary>Of the rows with the positive answer, the share that rightly has it.</summary>
    Precision,

    /// <summary>Of the rows that should have the positive answer, the share that has it.</summary>
    Recall,
}

/// <summary>
/// A cheaper model answers first; the step's model answers where that one is not sure enough. How sure is enough is chosen on a sample that both answer, so that the
/// target is missed with a probability of at most <c>delta</c>. Where the sample does not show that, the step's model answers all.
/// </summary>
public sealed record CascadeOptions
{
    /// <summary>The cheaper model, by a name of the configuration, an alias or <c>provider/model</c>.</summary>
    [MinLength(1)]
    public required string Model { get; init; }

    /// <summary><c>accuracy</c>, <c>precision</c> or <c>recall</c>. Default: accuracy.</summary>
    public CascadeTarget Target { get; init; } = CascadeTarget.Accuracy;

    /// <summary>Least share that is promised, of the rows that are asked for. Default: 0.95.</summary>
    [Range(0.5, 0.999)]
    public double AtLeast { get; init; } = 0.95;

    /// <summary>Probability with which the promise may be missed, over the draw of the sample. Default: 0.05.</summary>
    [Range(0.000_001, 0.5)]
    public double Delta { get; init; } = 0.05;

    /// <summary>Questions of the sample, which the step's model answers too; with no more questions than that it answers all. Default: 400.</summary>
    [Range(20, 1_000_000)]
    public int LabelBudget { get; init; } = 400;

    /// <summary>For precision and recall with labels: the label that they are about. Default: true, for answers that are true or false.</summary>
    public string? Positive { get; init; }

    /// <summary>Another number draws another sample. Default: 0.</summary>
    public int Seed { get; init; }

    /// <summary>Answers can be compared where there are only so many of them.</summary>
    internal void Check(IReadOnlyList<AnswerField> fields, StepProblems problems)
    {
        if (fields.Any(f => f.Type != AnswerType.Boolean && f.Labels.Count == 0))
        {
            problems.Add("cascade", "A cascade compares the answers of two models, so every field must have 'labels' or be true or false. Found a field with free values.");
        }

        if (Target == CascadeTarget.Accuracy)
        {
            return;
        }

        var field = fields[0];
        if (fields.Count > 1)
        {
            problems.Add("cascade.target", $"'{Target.ToString().ToLowerInvariant()}' is about one field; found {fields.Count}. Use 'accuracy', or one step for each field.");
        }
        else if (field.Labels.Count > 0 && (Positive is null || !field.Labels.Contains(Positive, StringComparer.Ordinal)))
        {
            problems.Add("cascade.positive", $"The positive label is {(Positive is null ? "missing" : $"'{Positive}'")}. Expected one of: {string.Join(", ", field.Labels)}.");
        }
    }
}
