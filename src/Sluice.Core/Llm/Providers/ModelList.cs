using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Llm.Providers;

/// <summary>Models that are known: abilities, prices with the day from which they hold, and names that stand for others. Data, and settings win over it.</summary>
public sealed class ModelList
{
    static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() }, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    ModelList(Document document)
    {
        Checked = document.Checked;
        Models = document.Models.Select(m => m with { BatchShare = document.Batches.FirstOrDefault(b => m.Id.StartsWith(b.Provider + "/", StringComparison.Ordinal))?.Share ?? 1 })
            .ToDictionary(m => m.Id, StringComparer.OrdinalIgnoreCase);
        Aliases = document.Aliases.ToDictionary(a => a.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The list that comes with the app.</summary>
    public static ModelList Default { get; } = Read();

    /// <summary>Day on which it was last compared with the providers' pages.</summary>
    public DateOnly Checked { get; }

    /// <summary>By id: <c>anthropic/claude-sonnet-5</c>.</summary>
    public IReadOnlyDictionary<string, ListedModel> Models { get; }

    /// <summary>By name: dated ids, and ids that were retired.</summary>
    public IReadOnlyDictionary<string, ModelAlias> Aliases { get; }

    static ModelList Read()
    {
        using var resource = typeof(ModelList).Assembly.GetManifestResourceStream("Sluice.Llm.Providers.models.json")!;
        return new ModelList(JsonSerializer.Deserialize<Document>(resource, json)!);
    }

    sealed record Document(DateOnly Checked, IReadOnlyList<BatchPrice> Batches, IReadOnlyList<ListedModel> Models, IReadOnlyList<ModelAlias> Aliases);
}

/// <summary>A name that stands for a model.</summary>
/// <param name="Name">As a pipeline may have it.</param>
/// <param name="StandsFor">Id of the model that answers.</param>
/// <param name="Note">What to say about it; null: nothing.</param>
public sealed record ModelAlias(string Name, string StandsFor, string? Note = null);

/// <summary>What answers of a batch cost at a provider.</summary>
/// <param name="Provider">Whose models.</param>
/// <param name="Share">Share of the price of the same tokens in a call of its own.</param>
public sealed record BatchPrice(string Provider, decimal Share);

/// <summary>Prices in US dollars for a million tokens, from a day on.</summary>
public sealed record DatedPrice(DateOnly From, decimal Input, decimal CachedInput, decimal Output, decimal? CacheWrite = null);

/// <summary>A model of the list.</summary>
public sealed record ListedModel(
    string Id, int Context, int Output, bool Vision, ThinkingKind Thinking, ModelTier Tier, IReadOnlyList<DatedPrice> Prices, bool Temperature = true, string? ThinkingOff = null,
    IReadOnlyList<string>? Notes = null, decimal BatchShare = 1)
{
    /// <summary>The price of a day; null before the first.</summary>
    public TokenPrice? PriceOn(DateOnly day) =>
        Prices.Where(p => p.From <= day).MaxBy(p => p.From) is { } price ? new TokenPrice(price.Input, price.CachedInput, price.Output, price.CacheWrite) : null;

    /// <summary>The same model at a provider.</summary>
    /// <param name="provider">Name of the provider.</param>
    /// <param name="model">Model or deployment there.</param>
    /// <param name="day">Whose price holds.</param>
    public ModelSpec At(string provider, string model, DateOnly day) => new()
    {
        Provider = provider,
        Model = model,
        Listed = Id,
        Price = PriceOn(day),
        BatchShare = BatchShare,
        ContextTokens = Context,
        MaxOutputTokens = Output,
        Vision = Vision,
        Thinking = Thinking,
        ThinkingOff = ThinkingOff,
        Temperature = Temperature,
        Tier = Tier,
        Notes = Notes ?? [],
    };
}
