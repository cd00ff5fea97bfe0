namespace Sluice.Llm.Providers;

/// <summary>Which models answer to a name: those of the configuration, tasks, aliases, and who stands in when one fails.</summary>
/// <param name="entries">Models that can be asked.</param>
/// <param name="tasks">Names of models by task: <c>default</c>, <c>simple</c>, <c>complex</c>, <c>vision</c>. What is left out is chosen by price.</param>
/// <param name="fallbacks">Names of models that stand in for any other, in this order.</param>
/// <param name="list">Aliases.</param>
public sealed class ModelRoutes(IReadOnlyList<ModelEntry> entries, IReadOnlyDictionary<string, string> tasks, IReadOnlyList<string> fallbacks, ModelList list)
{
    public static IReadOnlyList<string> Tasks { get; } = ["default", "simple", "complex", "vision"];

    public IReadOnlyList<ModelEntry> Entries => entries;

    /// <summary>Who stands in for any model that fails, in this order.</summary>
    public IReadOnlyList<ModelEntry> Fallbacks => [.. fallbacks.Select(Exactly).OfType<ModelEntry>()];

    /// <summary>What answers to a name; null with the reason.</summary>
    public ModelRoute? Find(string name, out string? reason)
    {
        reason = null;
        if (entries.Count == 0)
        {
            reason = LanguageModels.NotConfiguredMessage;
            return null;
        }

        if (Named(name) is { } entry)
        {
            return Route(entry, []);
        }

        if (list.Aliases.GetValueOrDefault(name) is { } alias)
        {
            IReadOnlyList<string> notes = alias.Note is { } note ? [note] : [];
            if (Named(alias.StandsFor) is { } stand)
            {
                return Route(stand, notes);
            }

            if (Fallbacks.Count > 0 && Fallbacks[0] is { } other)
            {
                return Route(other, [.. notes, $"{alias.StandsFor} is not configured; {other.Spec.Id} answers instead, the first of Sluice:Llm:Fallbacks."]);
            }
        }

        reason = $"There is no language model '{name}'. Expected {string.Join(", ", Tasks.Select(t => $"'{t}'"))} or one of: {string.Join(", ", entries.Select(e => e.Name))}. "
            + "Name one of them, or configure it under Sluice:Llm:Models.";
        return null;
    }

    /// <summary>What a task goes to; null: nothing that is configured can do it.</summary>
    public ModelEntry? ForTask(string task) =>
        tasks.GetValueOrDefault(task) is { } name ? Exactly(name) : task switch
        {
            "simple" => Cheapest(entries),
            "vision" => Preferred(entries.Where(e => e.Spec.Vision)),
            "complex" => tasks.ContainsKey("default") ? ForTask("default") : Preferred(entries),
            "default" => ForTask("complex"),
            _ => null,
        };

    ModelEntry? Named(string name) => Tasks.Contains(name) ? ForTask(name) : Exactly(name);

    ModelEntry? Exactly(string name) =>
        entries.FirstOrDefault(e => Is(e.Name, name)) ?? entries.FirstOrDefault(e => Is(e.Spec.Id, name)) ?? entries.FirstOrDefault(e => Is(e.Spec.Model, name))
        ?? entries.FirstOrDefault(e => e.Spec.Listed is { } id && Is(id, name));

    ModelRoute Route(ModelEntry entry, IReadOnlyList<string> notes) => new([entry, .. Fallbacks.Where(f => f != entry)], [.. notes, .. entry.Spec.Notes]);

    // Of the provider that was configured first, a model for complex tasks; of several the cheapest.
    static ModelEntry? Preferred(IEnumerable<ModelEntry> models) =>
        models.GroupBy(e => e.Spec.Provider).FirstOrDefault() is { } first
            ? Cheapest(first.Where(e => e.Spec.Tier == ModelTier.Complex && e.Spec.Notes.Count == 0)) ?? Cheapest(first.Where(e => e.Spec.Tier == ModelTier.Complex)) ?? Cheapest(first)
            : null;

    // Three tokens are read for one that is written. A model without a price is local, or its price should be configured: it comes last.
    static ModelEntry? Cheapest(IEnumerable<ModelEntry> models) =>
        models.MinBy(e => (e.Spec.Price is null, e.Spec.Price is { } p ? (3 * p.Input) + p.Output : 0m));

    static bool Is(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Who is asked, one after the other, and what to say about it.</summary>
public sealed record ModelRoute(IReadOnlyList<ModelEntry> Candidates, IReadOnlyList<string> Notes);
