using Sluice.Steps;

namespace Sluice.Profiles;

/// <summary>
/// Profiles the rows at this place of the pipeline and changes nothing: counts, missing and different values, exact moments, quantiles, most
/// frequent values, shapes of text, and how columns depend on each other. Each figure is exact or states its error.
/// </summary>
[Step("profile", Aliases = ["profiling"])]
public sealed class Profile : Step
{
    public override bool IsPassive => true;

    public override Schema Plan(Schema input, StepProblems problems) => input;

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted;

    public override State NewState(Schema input) => new TableSketch(input);

    public override void Observe(Batch batch, State state) => ((TableSketch)state).Observe(batch);

    public override byte[] Fit(State? state, object? decided) => Fitted.Of(Profiler.Of((TableSketch)state!));

    // What was counted changes nothing in the rows.
    public override string ApplyKey(Fitted fitted) => "";

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts) => batch;
}
