using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Pipelines;

namespace Sluice.Llm.Rewrites;

/// <summary>A step of a plan, as a pipeline has it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its name in the catalogue.</param>
/// <param name="Options">Its options; what is not there has its default.</param>
public sealed record RewrittenStep(string Id, string Type, JsonObject Options)
{
    static readonly JsonObject usual = (JsonObject)JsonSerializer.SerializeToNode(new AnswerField { Name = "" }, OptionType.Json)!;

    /// <summary>The same without options that say what they are by default.</summary>
    public RewrittenStep Short(Catalog catalog)
    {
        var known = catalog.Find(CapabilityKind.Step, Type)!.Options.ToDictionary(o => o.Name, StringComparer.Ordinal);
        var options = Options.Where(o => o.Value is not null && Text(o.Value) != known.GetValueOrDefault(o.Key)?.Default);
        return this with { Options = new JsonObject(options.Select(o => KeyValuePair.Create(o.Key, o is { Key: "output", Value: JsonArray fields } ? new JsonArray([.. fields.Select(ShortField)]) : o.Value?.DeepClone()))) };
    }

    static JsonNode? ShortField(JsonNode? field) => field is JsonObject said
        ? new JsonObject(said.Where(o => o.Key == "name" || !JsonNode.DeepEquals(o.Value, usual[o.Key])).Select(o => KeyValuePair.Create(o.Key, o.Value?.DeepClone())))
        : field?.DeepClone();

    /// <summary>Whether it asks a language model, of a step with all its options: each that does has this one.</summary>
    internal bool Asks => Options.ContainsKey("max_call_tokens");

    /// <summary>As a pipeline file has it.</summary>
    internal JsonObject Json => new() { ["id"] = Id, ["type"] = Type, ["config"] = Options.DeepClone() };

    // As the catalogue writes defaults.
    static string Text(JsonNode value) => value is JsonValue text && text.TryGetValue<string>(out var plain) && plain.Length > 0 ? plain : CanonicalJson.Write(value);
}
