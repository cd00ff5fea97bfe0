using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Pipelines;

/// <summary>
/// Turns YAML into JSON that the options type is sure to accept, and reports everything else at its place: unknown names, wrong types,
/// missing and out-of-range values. Keeps the place of every value by its path, for problems that a step finds later.
/// </summary>
sealed class OptionBinder(ProblemList problems)
{
    public Dictionary<string, YamlNode> Places { get; } = new(StringComparer.Ordinal);

    /// <summary>The bound options, or null after reporting why not.</summary>
    /// <param name="node">The mapping; null when the step has none.</param>
    /// <param name="at">Where to report what is missing.</param>
    /// <param name="type">The options record.</param>
    /// <param name="owner">The step as messages name it: <c>filter</c>.</param>
    /// <param name="defaults">Values for options that are not given.</param>
    public object? Bind(YamlNode? node, YamlNode at, Type type, string owner, JsonObject? defaults = null)
    {
        var before = problems.Count;
        var option = OptionType.Of(type);
        var map = node switch
        {
            YamlMap given => given,
            null or YamlScalar { IsNull: true } => new YamlMap(at.Line, at.Column),
            _ => null,
        };
        if (map is null)
        {
            problems.Add(node!, $"'config' of {owner} is {node!.Found}; expected a mapping of options, one 'name: value' per line.");
            return null;
        }

        Places[""] = map;
        if (!TryRecord(map, option, "", owner, defaults, out var json))
        {
            return null;
        }

        return TryValue(json, type, map, owner, out var value) && problems.Count == before ? value : null;
    }

    bool TryBind(YamlNode node, OptionType type, string path, string name, out JsonNode? json)
    {
        Places[path] = node;
        json = null;
        switch (type.Kind)
        {
            case OptionKind.Free:
                json = node.ToJson();
                return true;
            case OptionKind.List:
                return TryList(node, type, path, name, out json);
            case OptionKind.Map:
                return TryMap(node, type, path, name, out json);
            case OptionKind.Record or OptionKind.Variants when node is YamlMap map:
                return type.Kind == OptionKind.Record ? TryRecord(map, type, path, name, null, out json) : TryVariant(map, type, path, name, out json);
            case OptionKind.Custom:
                json = node.ToJson();
                return true;
            default:
                json = node is YamlScalar scalar ? Scalar(scalar, type) : null;
                return json is not null || Refuse(node, type, name);
        }
    }

    static JsonValue? Scalar(YamlScalar scalar, OptionType type) => scalar.IsNull && type.Kind != OptionKind.Choice ? null : type.Kind switch
    {
        // A column can be called 2024 and a value can be true: where text is wanted, plain text is text.
        OptionKind.Text => JsonValue.Create(scalar.Value),
        OptionKind.Whole => scalar.AsWhole() is { } whole ? JsonValue.Create(whole) : null,
        OptionKind.Number => Number(scalar.AsNumber()),
        OptionKind.Flag => scalar.AsFlag() is { } flag ? JsonValue.Create(flag) : null,
        // One choice may be called null, which YAML reads as nothing.
        OptionKind.Choice => type.Choices.Contains(scalar.Value, StringComparer.Ordinal) ? JsonValue.Create(scalar.Value) : null,
        _ => null,
    };

    static JsonValue? Number(double? number) => number switch
    {
        null => null,
        double.NaN => JsonValue.Create("NaN"),
        double.PositiveInfinity => JsonValue.Create("Infinity"),
        double.NegativeInfinity => JsonValue.Create("-Infinity"),
        { } finite => JsonValue.Create(finite),
    };

    bool Refuse(YamlNode node, OptionType type, string name)
    {
        if (type.Kind == OptionKind.Choice && node is YamlScalar { IsNull: false } choice)
        {
            problems.Add(node, $"'{name}' is {node.Found}; expected one of: {string.Join(", ", type.Choices)}.{Near(choice.Value, type.Choices)}");
            return false;
        }

        var advice = (type.Kind, node) switch
        {
            (_, YamlScalar { IsNull: true }) => " Give it a value, or remove the line.",
            (OptionKind.Whole or OptionKind.Number or OptionKind.Flag, YamlScalar { Plain: false } text)
                when Scalar(new YamlScalar(0, 0, text.Value, plain: true, doubleQuoted: false), type) is not null => " Remove the quotes.",
            (OptionKind.Flag, YamlScalar { Value: "yes" or "Yes" or "YES" or "on" or "On" }) => " Write true.",
            (OptionKind.Flag, YamlScalar { Value: "no" or "No" or "NO" or "off" or "Off" }) => " Write false.",
            (OptionKind.List, YamlScalar one) => $" Write {name}: [{one.Value}].",
            _ => "",
        };
        problems.Add(node, $"'{name}' is {node.Found}; expected {type.Expected}.{advice}");
        return false;
    }

    static string Near(string found, IReadOnlyList<string> choices) =>
        ProblemList.Suggest(found, choices) is var hint && hint.StartsWith(" Did", StringComparison.Ordinal) ? hint : "";

    bool TryList(YamlNode node, OptionType type, string path, string name, out JsonNode? json)
    {
        json = null;
        if (node is not YamlList list)
        {
            return Refuse(node, type, name);
        }

        var array = new JsonArray();
        var good = true;
        for (var i = 0; i < list.Items.Count; i++)
        {
            good &= TryBind(list.Items[i], type.Element!, $"{path}[{i}]", $"{name}[{i}]", out var item);
            array.Add(item);
        }

        json = array;
        return good;
    }

    bool TryMap(YamlNode node, OptionType type, string path, string name, out JsonNode? json)
    {
        json = null;
        if (node is not YamlMap map)
        {
            return Refuse(node, type, name);
        }

        var result = new JsonObject();
        var good = true;
        foreach (var (key, value) in map.Entries)
        {
            good &= !Secrets.Refuse(key, value, problems) & TryBind(value, type.Element!, Join(path, key.Value), $"{name}.{key.Value}", out var item);
            result[key.Value] = item;
        }

        json = result;
        return good;
    }

    bool TryVariant(YamlMap map, OptionType type, string path, string name, out JsonNode? json)
    {
        json = null;
        var choice = map[type.Discriminator];
        if (choice is null)
        {
            problems.Add(map, $"'{name}' needs '{type.Discriminator}'; expected one of: {string.Join(", ", type.Variants.Keys)}.");
            return false;
        }

        if (choice is not YamlScalar { IsNull: false } word || !type.Variants.TryGetValue(word.Value, out var variant))
        {
            var near = choice is YamlScalar scalar ? Near(scalar.Value, [.. type.Variants.Keys]) : "";
            problems.Add(choice, $"'{Join(name, type.Discriminator)}' is {choice.Found}; expected one of: {string.Join(", ", type.Variants.Keys)}.{near}");
            return false;
        }

        return TryRecord(map, variant, path, name, new JsonObject { [type.Discriminator] = word.Value }, out json, type.Clr);
    }

    bool TryRecord(YamlMap map, OptionType type, string path, string owner, JsonObject? defaults, out JsonNode? json, Type? family = null)
    {
        var result = new JsonObject();
        json = result;
        var good = true;
        foreach (var (name, value) in defaults ?? [])
        {
            result[name] = value?.DeepClone();
        }

        var names = type.Fields.Select(f => f.Name).ToList();
        foreach (var (key, value) in map.Entries)
        {
            if (Secrets.Refuse(key, value, problems))
            {
                good = false;
            }
            else if (type.Fields.FirstOrDefault(f => f.Name == key.Value) is { } field)
            {
                good &= TryField(field, value, Join(path, field.Name), result);
            }
            else if (defaults?.ContainsKey(key.Value) != true)
            {
                problems.Add(key, $"'{YamlNode.Cut(key.Value)}' is not an option of {owner}.{ProblemList.Suggest(key.Value, names, "It has")}");
                good = false;
            }
        }

        foreach (var field in type.Fields.Where(f => f.Required && !result.ContainsKey(f.Name) && map[f.Name] is null))
        {
            problems.Add(map, $"{owner} needs the option '{field.Name}' ({field.Type.Words}).");
            good = false;
        }

        return good && Validate(result, family ?? type.Clr, map, owner);
    }

    bool TryField(OptionField field, YamlNode value, string path, JsonObject result)
    {
        if (value is YamlScalar { IsNull: true } && field.Nullable)
        {
            Places[path] = value;
            result[field.Name] = null;
            return true;
        }

        if (!TryBind(value, field.Type, path, path, out var json))
        {
            return false;
        }

        result[field.Name] = json;
        if (!TryValue(json, field.Property.PropertyType, value, path, out var bound))
        {
            return false;
        }

        return Check(field, bound, value, path);
    }

    bool Check(OptionField field, object? bound, YamlNode node, string path)
    {
        var context = new ValidationContext(new object()) { MemberName = field.Name, DisplayName = path };
        foreach (var check in field.Checks.Where(check => check.GetValidationResult(bound, context) is not null))
        {
            var message = check switch
            {
                { ErrorMessage: { } own } => $"'{path}' is {node.Found}: {own}",
                RequiredAttribute => $"'{path}' is empty. Give it a value.",
                _ when field.Range is { } range => $"'{path}' is {Found(bound, node)}; expected {range}.",
                _ => $"'{path}' is {node.Found}: {check.FormatErrorMessage(path)}",
            };
            problems.Add(node, message);
            return false;
        }

        return true;
    }

    static string Found(object? bound, YamlNode node) => bound switch
    {
        string { Length: var length } text when node is YamlScalar => length == 0 ? "empty" : $"'{YamlNode.Cut(text)}'",
        ICollection { Count: var count } => count == 0 ? "empty" : $"{count} items",
        _ => node.Found,
    };

    bool TryValue(JsonNode? json, Type type, YamlNode at, string owner, out object? value)
    {
        value = null;
        try
        {
            value = json.Deserialize(type, OptionType.Json);
        }
        catch (Exception error) when (error is JsonException or FormatException or OverflowException or ArgumentException or DataException)
        {
            var words = OptionType.Of(type) is { Kind: OptionKind.Record } ? "" : $"; expected {OptionType.Of(type).Expected}";
            var why = error is JsonException ? "" : $": {error.Message}";
            problems.Add(at, $"'{owner}' is {at.Found}{words}{why.TrimEnd('.')}.");
            return false;
        }

        return true;
    }

    /// <summary>Asks a record that checks its options against each other.</summary>
    bool Validate(JsonObject json, Type type, YamlMap map, string owner)
    {
        if (!TryValue(json, type, map, owner, out var value) || value is not IValidatableObject checkable)
        {
            return value is not null;
        }

        var good = true;
        foreach (var result in checkable.Validate(new ValidationContext(value)))
        {
            var member = result.MemberNames.FirstOrDefault() is { } name ? JsonNamingPolicy.SnakeCaseLower.ConvertName(name) : null;
            var place = member is not null && map[member] is { } child ? child : map;
            problems.Add(place, $"{owner}: {result.ErrorMessage}");
            good = false;
        }

        return good;
    }

    static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
