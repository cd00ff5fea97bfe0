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
            if ((step as AskingStep)?.Cascade is { } cascade && models.Find(cascade.Model, out var why) is var cheap && (cheap is null || (cheap.Price is null && (step.BudgetUsd ?? (decimal?)Optimization.BudgetUsd) is not null)))
            {
                problems.Add(Places[Steps[i].Group].Of("cascade"), cheap is null
                    ? $"Step '{Steps[i].Id}' asks the language model '{cascade.Model}' first, which cannot be asked here. {why} Leave 'cascade' out, or name another."
                    : $"The price of the model '{cheap.Id}' is not known, so no budget can be kept. Configure its price, or leave 'budget_usd' out.");
            }

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

    /// <summary>The cheaper model of each step that asks one first, by number of the step; null where none does.</summary>
    public IReadOnlyDictionary<int, string>? CheapModels(LanguageModels models)
    {
        var found = Enumerable.Range(0, Steps.Count).Where(i => Steps[i].Step is AskingStep { Cascade: not null })
            .ToDictionary(i => i, i => models.Find(((AskingStep)Steps[i].Step).Cascade!.Model, out _)?.Id);
        return found.Count == 0 ? null : new SortedDictionary<int, string>(found.Where(f => f.Value is not null).ToDictionary(f => f.Key, f => f.Value!));
    }
}
