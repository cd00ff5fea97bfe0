using Sluice.Steps;

namespace Sluice.Llm;

/// <summary>What stands in for a step that asks where there is no model: another step does it, and it is said of every row.</summary>
/// <param name="instead">The step that does it.</param>
/// <param name="detail">What it went by, as a sentence.</param>
sealed class InsteadOfModel(Step instead, string detail) : Step
{
    public override Schema Plan(Schema input, StepProblems problems) => instead.Plan(input, problems);

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => instead.Needs(input, wanted);

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var rule = verdicts.Rule("llm_not_asked", detail: "No language model is configured: " + detail);
        for (var row = 0; row < batch.Rows; row++)
        {
            verdicts.Fail(rule, row);
        }

        return instead.Apply(batch, fitted, verdicts);
    }
}
