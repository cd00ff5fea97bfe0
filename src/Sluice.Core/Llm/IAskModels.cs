using Sluice.Steps;

namespace Sluice.Llm;

/// <summary>A step that asks a language model, about rows or about the table. A run resolves its model when it begins and names it in its key.</summary>
interface IAskModels
{
    /// <summary>Name of the model as the pipeline has it; null: with these options it asks nothing.</summary>
    string? Model { get; }

    /// <summary>US dollars that it may spend in a run; null: no limit of its own.</summary>
    decimal? BudgetUsd { get; }

    /// <summary>Whether a run without a model can do what it is for in another way.</summary>
    bool CanDoWithout { get; }

    /// <summary>The step as a run has it: with the model that it asks and the cheaper one that it asks first, if any, or what is done without one.</summary>
    Step For(string? model, string? cheap);
}
