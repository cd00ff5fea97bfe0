using Sluice.Repair;

namespace Sluice.Pipelines;

/// <summary>Steps of a chain that follow each other: one, or the parts of a group.</summary>
/// <param name="First">Number of the first.</param>
/// <param name="Last">Number of the last.</param>
readonly record struct StepRange(int First, int Last)
{
    /// <summary>The step of this id, or the parts of the group of this id, among the first steps; null: there is none, or its parts are not together.</summary>
    public static StepRange? Of(IReadOnlyList<PipelineStep> chain, int count, string id)
    {
        var found = Enumerable.Range(0, count).Where(i => chain[i].Id == id || chain[i].Group == id).ToList();
        return found.Count > 0 && found[^1] - found[0] == found.Count - 1 ? new StepRange(found[0], found[^1]) : null;
    }

    /// <summary>Refuses an undo of a step that does not stand before it.</summary>
    /// <param name="steps">The chain, in order.</param>
    /// <param name="placeOf">Where an option of a step of the file is.</param>
    /// <param name="problems">Gets every such step.</param>
    public static void CheckUndone(IReadOnlyList<PipelineStep> steps, Func<string, string, YamlNode> placeOf, ProblemList problems)
    {
        foreach (var (step, i) in steps.Select((step, i) => (step, i)))
        {
            if (step.Step is UndoChanges undo && Of(steps, i, undo.Target) is null)
            {
                var before = string.Join(", ", steps.Take(i).Select(s => s.Id));
                problems.Add(
                    placeOf(step.Group, "step"),
                    $"Step '{step.Id}' undoes '{undo.Target}', which does not stand before it. {(before.Length == 0 ? "No step does" : $"Before it stand: {before}")}. "
                    + "Name one of them, or move the undo after it.");
            }
        }
    }
}
