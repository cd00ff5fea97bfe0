using Sluice.Llm;

namespace Sluice.Pipelines;

public sealed partial record Pipeline
{
    /// <summary>The model of each step that asks one, by number of the step; a step that has a way without a model is left out where there is none.</summary>
    /// <param name="models">The models that there are.</param>
    /// <returns>Null where no step asks.</returns>
    /// <exception cref="PipelineException">Every step whose model cannot be asked, with its place in the file.</exception>
    public IReadOnlyDictionary<int, string>? CheckModels(LanguageModels models)
    {
        var problems = new ProblemList(FileName);
        var found = new SortedDictionary<int, string>();
        for (var i = 0; i < Steps.Count; i++)
        {
            if (Steps[i].Step is not IAskModels { Model: { } asked } step)
            {
                continue;
            }

            var model = models.Find(asked, out var reason);
            var limited = step.BudgetUsd is not null || Optimization.BudgetUsd is not null;

            // A name that is wrong among models that are there is a mistake, not a machine without models.
            var isMistaken = models != LanguageModels.None && asked != "default";
            if (model is null && (isMistaken || !step.CanDoWithout))
            {
                var way = step.CanDoWithout ? "" : " There is no way to do it without one.";
                problems.Add(Places[Steps[i].Group].Of("model"), $"Step '{Steps[i].Id}' asks the language model '{asked}', which cannot be asked here. {reason}{way}");
            }
            else if (model is { Price: null } && limited)
            {
                problems.Add(
                    Places[Steps[i].Group].Of("budget_usd"), $"The price of the model '{model.Id}' is not known, so no budget can be kept. Configure its price, or leave 'budget_usd' out.");
            }

            if (model is not null)
            {
                found[i] = model.Id;
            }
        }

        problems.ThrowIfAny();
        return found.Count == 0 ? null : found;
    }
}
