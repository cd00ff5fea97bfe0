using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Steps;

namespace Sluice.Pipelines;

/// <summary>One text for one value: keys sorted ordinally, no spaces, defaults written out.</summary>
static class CanonicalJson
{
    public static string Of(object? options) => options is null ? "{}" : Write(JsonSerializer.SerializeToNode(options, options.GetType(), OptionType.Json));

    public static string Write(JsonNode? node) => Sort(node)?.ToJsonString(OptionType.Json) ?? "null";

    /// <summary>Name of a part of a group: its own in the catalogue, or its class name.</summary>
    public static string TypeOf(Type type) =>
        type.GetCustomAttribute<CapabilityAttribute>(inherit: false)?.Type ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(type.Name);

    /// <summary>Options of a part of a group that shows them in a property of its nested Options type; null when it does not.</summary>
    public static string? OwnOptions(Step part)
    {
        var property = part.GetType().GetProperties().FirstOrDefault(p => p.PropertyType.Name == "Options" && p.PropertyType.DeclaringType == part.GetType());
        return property is null ? null : Of(property.GetValue(part));
    }

    static JsonNode? Sort(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => new KeyValuePair<string, JsonNode?>(entry.Key, Sort(entry.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sort)]),
        null => null,
        _ => node.DeepClone(),
    };
}
