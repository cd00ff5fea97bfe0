using Sluice.Steps;

namespace Sluice.Runs;

/// <summary>One walk over the batches: apply the first <paramref name="Prefix"/> steps, then let these steps look.</summary>
/// <param name="Prefix">Steps applied before looking.</param>
/// <param name="Observers">Numbers of the steps that look; <see cref="PassPlan.Before"/> is the quality of the rows as read.</param>
public sealed record Pass(int Prefix, IReadOnlyList<int> Observers);

/// <summary>
/// Which walks over the data a chain needs. A step that must see all rows costs one walk, which applies everything before it again instead
/// of writing files in between; checks that change nothing share the walk of the step after them. The last walk applies everything.
/// </summary>
public static class PassPlan
{
    /// <summary>Stands for the quality of the rows as read, where the pipeline has no check of its own.</summary>
    public const int Before = -1;

    public static IReadOnlyList<Pass> Of(IReadOnlyList<Step> steps, Schema schema, bool measureBefore)
    {
        var passes = new List<Pass>();
        List<int>? open = measureBefore ? [Before] : null;
        var openPrefix = 0;
        var samePlace = measureBefore;
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            if (step.Looks(schema))
            {
                if (!samePlace)
                {
                    Close();
                    (open, openPrefix) = ([], i);
                }

                open!.Add(i);
                samePlace = true;
            }

            samePlace &= step.IsPassive;
            schema = step.Plan(schema, new StepProblems());
        }

        Close();
        return passes;

        void Close()
        {
            if (open is { Count: > 0 })
            {
                passes.Add(new Pass(openPrefix, open));
            }

            open = null;
        }
    }

    /// <summary>Columns of the base that a walk has to read so that <paramref name="wanted"/> is right after the first <paramref name="prefix"/> steps; null = all.</summary>
    /// <param name="steps">The chain.</param>
    /// <param name="schemas">Schema before each step, and after the last.</param>
    /// <param name="prefix">Steps applied.</param>
    /// <param name="wanted">Columns wanted after them; null = all.</param>
    public static IReadOnlySet<string>? Columns(IReadOnlyList<Step> steps, IReadOnlyList<Schema> schemas, int prefix, IReadOnlySet<string>? wanted)
    {
        for (var i = prefix - 1; i >= 0 && wanted is not null; i--)
        {
            wanted = steps[i].Needs(schemas[i], wanted);
        }

        return wanted;
    }
}
