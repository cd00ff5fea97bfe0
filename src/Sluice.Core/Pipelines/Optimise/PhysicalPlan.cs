using Sluice.Shaping;

namespace Sluice.Pipelines.Optimise;

/// <summary>How a run goes about a pipeline; kept in the run's plan, so that a resumed run goes on as it began whatever a later release would do.</summary>
/// <param name="Order">Numbers of the steps as written, in the order they run. A number that is missing is not run: nothing sees what it makes.</param>
/// <param name="SharesLooks">Steps may look in one walk past steps that do not touch what they look at.</param>
/// <param name="ReadsLess">The last walk leaves out columns that nothing sees.</param>
/// <param name="Columns">Columns that the steps as written give, where their order has to be made again; null: it is that.</param>
/// <param name="Level">What the rewrites needed.</param>
/// <param name="Rewrites">What was done, for people.</param>
public sealed record PhysicalPlan(
    IReadOnlyList<int> Order, bool SharesLooks, bool ReadsLess, IReadOnlyList<string>? Columns, RewriteLevel Level, IReadOnlyList<RewriteNote> Rewrites)
{
    /// <summary>Where rows are kept for later looks, in the order of the plan; null: nowhere.</summary>
    public IReadOnlyList<KeptRows>? Kept { get; init; }

    /// <summary>The pipeline with its steps in this order. Its name by content stays.</summary>
    internal Pipeline Of(Pipeline pipeline)
    {
        PipelineStep[] steps = [.. Order.Select(number => pipeline.Steps[number])];
        if (Columns is not null)
        {
            var step = new ChooseColumns(new ChooseColumns.Options { Keep = Columns });
            steps = [.. steps, new PipelineStep("columns", "choose_columns", step, CanonicalJson.OwnOptions(step)!, pipeline.Steps[^1].Group)];
        }

        return pipeline with { Steps = steps };
    }
}

/// <summary>Rows that are kept after some steps of a plan.</summary>
/// <param name="Applied">Steps that were applied to them.</param>
/// <param name="Columns">Columns that later looks read, in order of their names; null: all.</param>
/// <param name="Looks">Walks that begin with them.</param>
public sealed record KeptRows(int Applied, IReadOnlyList<string>? Columns, int Looks);

/// <summary>One thing that was done to a plan.</summary>
/// <param name="Rule">Name of the rule.</param>
/// <param name="What">What it did.</param>
/// <param name="Why">Why that changes no answer.</param>
/// <param name="Saves">Share of the plan's cost that it saves, 0 to 1, as estimated; null where only a run can tell.</param>
public sealed record RewriteNote(string Rule, string What, string Why, double? Saves);
