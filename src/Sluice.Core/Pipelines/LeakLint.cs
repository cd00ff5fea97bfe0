using Sluice.Splits;
using Sluice.Steps;

namespace Sluice.Pipelines;

/// <summary>
/// Refuses a pipeline in which a step learns from rows that are later put aside for validation or test: what it writes into the training rows, or which
/// of them it takes out, would tell of them. After the split, such a step must learn from a set that the split makes.
/// </summary>
static class LeakLint
{
    /// <param name="steps">The chain, in order.</param>
    /// <param name="placeOf">Where an option of a step of the file is.</param>
    /// <param name="problems">Gets every such step.</param>
    /// <param name="earlier">Splits that the rows went through in chains before.</param>
    /// <param name="later">Split that they go through in a chain after.</param>
    public static void Check(
        IReadOnlyList<PipelineStep> steps, Func<string, string, YamlNode> placeOf, ProblemList problems, IReadOnlyList<PipelineStep> earlier, PipelineStep? later)
    {
        var before = earlier;
        foreach (var (step, i) in steps.Select((step, i) => (step, i)))
        {
            before = step.Step is Split ? [step] : before;
            if (step.Step.LearnsFrom is not { } train)
            {
                continue;
            }

            if ((steps.Skip(i + 1).FirstOrDefault(s => s.Step is Split) ?? later) is { } after)
            {
                problems.Add(
                    placeOf(step.Group, ""),
                    $"{NameOf(step)} learns from all rows, but step '{after.Id}' only then splits them: what it learns from validation and test rows would leak into training. "
                    + (step.Group == step.Id ? $"Move '{step.Id}' after" : $"Make {step.Type} a step of its own after")
                    + $" '{after.Id}'; there it learns from the set '{train.Set}' alone.");
            }
            else
            {
                foreach (var split in before)
                {
                    CheckSet(step, train, split.Id, (Split)split.Step, placeOf, problems);
                }
            }
        }
    }

    static void CheckSet(PipelineStep step, TrainSet train, string id, Split split, Func<string, string, YamlNode> placeOf, ProblemList problems)
    {
        if (train.Column != split.OutputColumn)
        {
            problems.Add(
                placeOf(step.Group, train.ColumnOption),
                $"{NameOf(step)} has {train.ColumnOption} '{train.Column}', but step '{id}' writes the sets into '{split.OutputColumn}': it would learn from "
                + $"validation and test rows too. Set {train.ColumnOption}: {split.OutputColumn}.");
        }
        else if (!split.SetNames.Contains(train.Set))
        {
            problems.Add(
                placeOf(step.Group, train.SetOption),
                $"{NameOf(step)} learns from the set '{train.Set}', but step '{id}' makes: {string.Join(", ", split.SetNames)}. Set {train.SetOption} to the training set.");
        }
    }

    internal static string NameOf(PipelineStep step) => step.Group == step.Id ? $"Step '{step.Id}' ({step.Type})" : $"Step '{step.Group}', operation {step.Type},";
}
