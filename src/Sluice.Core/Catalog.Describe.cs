using System.Text.Json;
using Sluice.Pipelines;

namespace Sluice;

public sealed partial class Catalog
{
    CapabilityInfo Describe(Entry entry)
    {
        var words = documentation.GetOrAdd(entry.Class.Assembly, assembly => new Documentation(assembly));
        return new(entry.Name, entry.Aliases, entry.Kind, words.Of(entry.Class), entry.Options is null ? [] : Describe(OptionType.Of(entry.Options), words, 0));
    }

    static IReadOnlyList<OptionInfo> Describe(OptionType type, Documentation documentation, int depth)
    {
        // A record that nests itself is described a few times, not for ever.
        if (depth > 4)
        {
            return [];
        }

        var defaults = type.Clr.GetConstructor([]) is { } constructor ? constructor.Invoke([]) : null;
        var options = type.Fields.Select(field => new OptionInfo(
            field.Name, field.Type.Words, DefaultText(field, defaults), field.Required, field.Range, field.Member is null ? "" : documentation.Of(field.Member),
            Describe(Innermost(field.Type), documentation, depth + 1)));
        var variants = type.Variants.Select(v => new OptionInfo(
            $"{type.Discriminator}: {v.Key}", "variant", null, false, null, documentation.Of(v.Value.Clr), Describe(v.Value, documentation, depth + 1)));
        return [.. options, .. variants];
    }

    static OptionType Innermost(OptionType type) => type.Element is { } element ? Innermost(element) : type;

    static string? DefaultText(OptionField field, object? defaults)
    {
        if (field.Required)
        {
            return null;
        }

        var value = defaults is not null ? field.Property.Get?.Invoke(defaults) : field.Property.AssociatedParameter?.DefaultValue;
        if (value is null)
        {
            return null;
        }

        var json = JsonSerializer.SerializeToElement(value, field.Property.PropertyType, OptionType.Json);
        return json.ValueKind == JsonValueKind.String && json.GetString() is { Length: > 0 } text && text.All(c => c is >= ' ' and not '"') ? text : json.GetRawText();
    }
}
