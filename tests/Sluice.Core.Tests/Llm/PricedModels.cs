using System.Text.Json;
using Sluice.Llm;

namespace Sluice.Tests.Llm;

/// <summary>Two models at different prices, dear and cheap, in a process that may die after some calls.</summary>
abstract class PricedModels : LanguageModels
{
    int calls;

    public int Calls => calls;

    /// <summary>Calls after which the process dies.</summary>
    public int Dies { get; set; } = int.MaxValue;

    public sealed override ModelInfo? Find(string model, out string? reason)
    {
        var price = model.EndsWith("dear", StringComparison.Ordinal) ? 20m : model.EndsWith("cheap", StringComparison.Ordinal) ? 1m : 0;
        reason = price == 0 ? $"There is no model '{model}'." : null;
        return price == 0 ? null : new ModelInfo("test/" + model.Replace("test/", "", StringComparison.Ordinal), new TokenPrice(price, price, price), 1_000_000, 20_000, []);
    }

    public sealed override async Task<ModelAnswer> AskAsync(ModelRequest request, CancellationToken cancellation)
    {
        await Task.Yield();
        var number = Interlocked.Increment(ref calls);
        return number > Dies ? throw new StoreException("The process was killed.") : Answer(request, AskedCall.Of(request, number)) with { Model = request.Model };
    }

    protected abstract ModelAnswer Answer(ModelRequest request, AskedCall call);

    /// <summary>A row as it is sent otherwise, where the names of columns are said once.</summary>
    protected static JsonElement Named(ModelRequest request, JsonElement data)
    {
        if (data.ValueKind == JsonValueKind.Object)
        {
            return data;
        }

        var names = JsonDocument.Parse(request.Prompt).RootElement.GetProperty("columns").EnumerateArray().Select(n => n.GetString()!);
        return JsonSerializer.SerializeToElement(names.Zip(data.EnumerateArray()).ToDictionary(c => c.First, c => c.Second));
    }
}
