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

    /// <param name="steps">The chain.</param>
    /// <param name="schema">Columns that come to it.</param>
    /// <param name="measureBefore">Whether the rows are looked at as read.</param>
    /// <param name="sharesLooks">Whether a step may look in an earlier walk, where the steps in between promise to leave alone what it looks at.</param>
    public static IReadOnlyList<Pass> Of(IReadOnlyList<Step> steps, Schema schema, bool measureBefore, bool sharesLooks = false)
    {
        var (opened, between) = (schema, new List<StepEffects?>());
        var passes = new List<Pass>();
        List<int>? open = measureBefore ? [Before] : null;
        var openPrefix = 0;
        var samePlace = measureBefore;
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            if (step.Looks(schema))
            {
                if (!samePlace && !(sharesLooks && open is { Count: > 0 } && LooksAlike(step, schema, opened, between)))
                {
                    Close();
                    (open, openPrefix) = ([], i);
                    (opened, between) = (schema, []);
                }

                open!.Add(i);
            }

            // From the first step on that changes something, a walk is shared only where that is promised to be safe.
            samePlace = (samePlace || openPrefix == i && open is { Count: > 0 }) && step.IsPassive;
            if (!step.IsPassive)
            {
                between.Add(step.Effects(schema));
            }

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

    /// <summary>
    /// Whether a step sees the same at the start of an open walk as in its own place: the steps in between keep every row and write none of the columns it
    /// looks at. Row numbers and vectors are those of its own place, so a step that decides over rows has a walk of its own.
    /// </summary>
    static bool LooksAlike(Step step, Schema here, Schema there, List<StepEffects?> between) =>
        !step.IsKeyed && step.Vectors(here) is null
        && step.Observes(here) is { } columns && step.Observes(there)?.SetEquals(columns) == true
        && between.TrueForAll(effects => effects is { KeepsRows: true } && !effects.Writes.Overlaps(columns))
        && columns.All(name => here.Has(name) && there.Has(name) && here[name] == there[name])
        && step.Looks(there);

    /// <summary>Columns of the base that the last walk has to read for the version, its counts and the evidence to be right; null = all.</summary>
    /// <param name="steps">The chain.</param>
    /// <param name="schemas">Schema before each step, and after the last.</param>
    public static IReadOnlySet<string>? ColumnsOfVersion(IReadOnlyList<Step> steps, IReadOnlyList<Schema> schemas)
    {
        IReadOnlySet<string> wanted = StepEffects.Names(schemas[^1].Select(f => f.Name));
        for (var i = steps.Count - 1; i >= 0; i--)
        {
            if (steps[i].Effects(schemas[i]) is not { } effects || steps[i].Needs(schemas[i], wanted) is not { } needs)
            {
                return null;
            }

            // What a step says of its columns is wanted too, not only what it makes of them.
            wanted = effects.Silent ? needs : StepEffects.Names(needs.Concat(effects.Reads).Concat(effects.Writes).Where(schemas[i].Has));
        }

        return schemas[0].All(f => wanted.Contains(f.Name)) ? null : wanted;
    }

    /// <summary>Columns that these steps look at together; null = all.</summary>
    public static IReadOnlySet<string>? Looked(IEnumerable<Step> observers, Schema schema)
    {
        IReadOnlySet<string>? wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var step in observers)
        {
            wanted = wanted is null || step.Observes(schema) is not { } columns ? null : wanted.Union(columns).ToHashSet(StringComparer.Ordinal);
        }

        return wanted;
    }

    /// <summary>Columns that a walk has to read so that <paramref name="wanted"/> is right after the first <paramref name="prefix"/> steps; null = all.</summary>
    /// <param name="steps">The chain.</param>
    /// <param name="schemas">Schema before each step, and after the last.</param>
    /// <param name="prefix">Steps applied.</param>
    /// <param name="wanted">Columns wanted after them; null = all.</param>
    /// <param name="from">Steps that were applied to the rows that are read.</param>
    public static IReadOnlySet<string>? Columns(IReadOnlyList<Step> steps, IReadOnlyList<Schema> schemas, int prefix, IReadOnlySet<string>? wanted, int from = 0)
    {
        for (var i = prefix - 1; i >= from && wanted is not null; i--)
        {
            wanted = steps[i].Needs(schemas[i], wanted);
        }

        return wanted;
    }
}
