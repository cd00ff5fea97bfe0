using Sluice.Quality;
using Sluice.Splits;

namespace Sluice.Pipelines;

/// <summary>
/// What a pipeline does in an order that works and is seldom meant. Advice, not a refusal: rules about columns that only cleaning makes must stand after it.
/// </summary>
static class OrderAdvice
{
    public static IEnumerable<string> Of(IReadOnlyList<PipelineStep> steps)
    {
        var check = steps.FirstOrDefault(s => s.Step is QualityValidation);
        var before = steps.TakeWhile(s => s != check).FirstOrDefault(s => !s.Step.IsPassive && s.Step is not Split && s.Group != check?.Group);
        if (check is not null && before is not null)
        {
            yield return $"Step '{check.Id}' ({check.Type}) validates what step '{before.Group}' left; nothing validates what was read. Put a quality_validation before '{before.Group}' too.";
        }
    }
}
