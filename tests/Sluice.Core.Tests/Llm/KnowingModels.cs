using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Llm;

namespace Sluice.Tests.Llm;

/// <summary>Models at two prices that answer each field of a question by what they are told, its name and the row, whatever else is asked with it; nothing where a row is mute.</summary>
sealed class KnowingModels(Func<string, string, JsonElement, JsonNode?> answer) : PricedModels
{
    int rows;

    /// <summary>Rows that were sent, each as often as it was.</summary>
    public int Rows => rows;

    /// <summary>Whether a model errs in a field of a row.</summary>
    public Func<string, string, JsonElement, bool> Errs { get; init; } = (_, _, _) => false;

    protected override ModelAnswer Answer(ModelRequest request, AskedCall call)
    {
        var names = JsonDocument.Parse(request.AnswerSchema!).RootElement.GetProperty("properties").GetProperty("results").GetProperty("items").GetProperty("properties")
            .EnumerateObject().Select(p => p.Name).Where(n => n != "id").ToArray();
        Interlocked.Add(ref rows, call.Items.Count);
        var results = new JsonArray([.. call.Items.Select(item => (Item: item, Data: Named(request, item.GetProperty("data")))).Where(i => !i.Data.GetRawText().Contains("mute", StringComparison.Ordinal))
            .Select(i =>
            {
                var result = new JsonObject { ["id"] = i.Item.GetProperty("id").GetInt32() };
                foreach (var name in names)
                {
                    result[name] = name == "confidence" ? names.Any(n => Errs(request.Model, n, i.Data)) ? 0.2 : 0.95
                        : Errs(request.Model, name, i.Data) ? Other(answer(request.System!, name, i.Data))
                        : answer(request.System!, name, i.Data);
                }

                return result;
            })]);
        return call.Answer(results) with { Usage = new TokenUsage((request.System!.Length + request.Prompt.Length) / 4, 0, results.ToJsonString().Length / 4) };
    }

    static JsonNode? Other(JsonNode? value) => value switch
    {
        JsonValue flag when flag.TryGetValue<bool>(out var holds) => !holds,
        JsonValue text when text.TryGetValue<string>(out var plain) => plain == "good" ? "bad" : plain == "bad" ? "good" : plain + "?",
        _ => value?.DeepClone(),
    };
}
