namespace Sluice.Pipelines;

/// <summary>
/// Refuses a pipeline that cleans after rows were made: what is wrong was multiplied by then, what is learned counts the copies too, and a copy that is meant
/// cannot be told from a duplicate.
/// </summary>
static class AugmentLint
{
    /// <param name="steps">The chain, in order.</param>
    /// <param name="placeOf">Where an option of a step of the file is.</param>
    /// <param name="problems">Gets every step that cleans too late.</param>
    /// <param name="earlier">Step of a chain before that made some of the rows.</param>
    public static void Check(IReadOnlyList<PipelineStep> steps, Func<string, string, YamlNode> placeOf, ProblemList problems, PipelineStep? earlier)
    {
        var makes = earlier;
        foreach (var step in steps)
        {
            if (makes is not null && step.Step.Cleans)
            {
                problems.Add(
                    placeOf(step.Group, ""),
                    $"{LeakLint.NameOf(step)} cleans after step '{makes.Id}' ({makes.Type}) made rows that stand for no record: what is wrong is multiplied by then, and copies that "
                    + $"are meant cannot be told from duplicates. Move '{step.Group}' before '{makes.Id}'.");
            }

            makes ??= step.Step.Augments ? step : null;
        }
    }
}
