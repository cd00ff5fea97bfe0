using Sluice.Steps;

namespace Sluice.Pipelines.Optimise;

/// <summary>The steps of a plan in some order, with the schema before each and after the last. Immutable.</summary>
sealed class PlanChain
{
    readonly Schema[] schemas;

    PlanChain(IReadOnlyList<PlannedStep> steps, Schema[] schemas) => (Steps, this.schemas) = (steps, schemas);

    public IReadOnlyList<PlannedStep> Steps { get; }

    /// <summary>Schema that comes to the step at this place.</summary>
    public Schema Before(int place) => schemas[place];

    /// <summary>Schema that the step at this place gives.</summary>
    public Schema SchemaAfter(int place) => schemas[place + 1];

    public Schema After => schemas[^1];

    public StepEffects? EffectsAt(int place) => Steps[place].Step.Effects(schemas[place]);

    /// <summary>Whether the columns are known before the run: no step makes columns out of what it learned.</summary>
    public bool ColumnsAreKnown => Steps.All(s => s.Step.GetType().GetMethod(nameof(Step.PlanFitted))!.DeclaringType == typeof(Step));

    /// <summary>Whether the step at this place is decided by rows it has not got in its hand.</summary>
    public bool LooksAt(int place) => Steps[place].Step.Looks(schemas[place]);

    /// <summary>Plans the steps; null when one of them does not fit.</summary>
    public static PlanChain? Of(IReadOnlyList<PlannedStep> steps, Schema first)
    {
        var schemas = new Schema[steps.Count + 1];
        schemas[0] = first;
        for (var i = 0; i < steps.Count; i++)
        {
            var problems = new StepProblems();
            try
            {
                schemas[i + 1] = steps[i].Step.Plan(schemas[i], problems);
            }
            catch (DataException)
            {
                return null;
            }

            if (problems.Items.Count > 0)
            {
                return null;
            }
        }

        return new PlanChain(steps, schemas);
    }

    /// <summary>The chain with the step at a place and the one before it exchanged; null when that does not fit.</summary>
    public PlanChain? Exchanged(int place)
    {
        PlannedStep[] steps = [.. Steps];
        (steps[place - 1], steps[place]) = (steps[place], steps[place - 1]);
        return Of(steps, schemas[0]);
    }

    /// <summary>The chain without the step at a place; null when that does not fit.</summary>
    public PlanChain? Without(int place) => Of([.. Steps.Where((_, i) => i != place)], schemas[0]);
}

/// <summary>A step of a plan.</summary>
/// <param name="Number">Its place in the pipeline as written.</param>
/// <param name="Id">Id in the pipeline.</param>
/// <param name="Step">The step.</param>
sealed record PlannedStep(int Number, string Id, Step Step);
