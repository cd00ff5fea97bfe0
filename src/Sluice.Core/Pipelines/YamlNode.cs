using System.Globalization;
using System.Text.Json.Nodes;

namespace Sluice.Pipelines;

/// <summary>A value in a pipeline file with the place where it starts, counted from 1.</summary>
abstract class YamlNode(int line, int column)
{
    public int Line { get; } = line;

    public int Column { get; } = column;

    /// <summary>What was found, for messages: <c>text '5'</c>, <c>a list of 2</c>.</summary>
    public abstract string Found { get; }

    /// <summary>The same value as JSON, for options that take anything.</summary>
    public abstract JsonNode? ToJson();

    public static string Cut(string text) => text.Length <= 60 ? text : text[..60] + "…";
}

sealed class YamlList(int line, int column) : YamlNode(line, column)
{
    public List<YamlNode> Items { get; } = [];

    public override string Found => Items.Count == 0 ? "an empty list" : $"a list of {Items.Count}";

    public override JsonNode? ToJson() => new JsonArray([.. Items.Select(item => item.ToJson())]);
}

sealed class YamlMap(int line, int column) : YamlNode(line, column)
{
    /// <summary>In file order; a key that is there twice is kept once, and reported.</summary>
    public List<(YamlScalar Key, YamlNode Value)> Entries { get; } = [];

    public override string Found => Entries.Count == 0 ? "an empty mapping" : $"a mapping with '{Cut(Entries[0].Key.Value)}'";

    public YamlNode? this[string key] => Entries.FirstOrDefault(entry => entry.Key.Value == key).Value;

    public override JsonNode? ToJson()
    {
        var json = new JsonObject();
        foreach (var (key, value) in Entries)
        {
            json[key.Value] = value.ToJson();
        }

        return json;
    }
}

/// <summary>One value. Only plain ones (no quotes, no block) can be numbers, true or false, or null: the core schema of YAML 1.2.</summary>
sealed class YamlScalar(int line, int column, string value, bool plain, bool doubleQuoted) : YamlNode(line, column)
{
    public string Value { get; } = value;

    public bool Plain { get; } = plain;

    public bool DoubleQuoted { get; } = doubleQuoted;

    public bool IsNull => Plain && (Value is "" or "~" or "null" or "Null" or "NULL");

    public override string Found => IsNull ? "nothing" : Plain ? $"'{Cut(Value)}'" : $"the text '{Cut(Value)}'";

    public bool? AsFlag() => !Plain ? null : Value switch
    {
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ => null,
    };

    public long? AsWhole()
    {
        if (!Plain || Value.Length == 0)
        {
            return null;
        }

        if (Value.StartsWith("0x", StringComparison.Ordinal))
        {
            return long.TryParse(Value.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) && hex >= 0 ? hex : null;
        }

        return long.TryParse(Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : null;
    }

    public double? AsNumber()
    {
        if (AsWhole() is { } whole)
        {
            return whole;
        }

        // NaN and infinities cannot be written in JSON, so the canonical form has them as text.
        if (!Plain)
        {
            return Value switch { "NaN" => double.NaN, "Infinity" => double.PositiveInfinity, "-Infinity" => double.NegativeInfinity, _ => null };
        }

        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return Value.ToUpperInvariant() switch
        {
            ".NAN" => double.NaN,
            ".INF" or "+.INF" => double.PositiveInfinity,
            "-.INF" => double.NegativeInfinity,
            var text => text.Any(char.IsAsciiDigit) && double.TryParse(text, Styles, CultureInfo.InvariantCulture, out var number) ? number : null,
        };
    }

    public override JsonNode? ToJson()
    {
        if (IsNull)
        {
            return null;
        }

        // A leading zero nearly always means a code (007, 01234), so an option that takes anything keeps it as text.
        if (!Plain || (Value.Length > 1 && Value[0] == '0' && char.IsAsciiDigit(Value[1])))
        {
            return JsonValue.Create(Value);
        }

        return AsFlag() is { } flag ? JsonValue.Create(flag)
            : AsWhole() is { } whole ? JsonValue.Create(whole)
            : AsNumber() is { } number && double.IsFinite(number) ? JsonValue.Create(number)
            : JsonValue.Create(Value);
    }
}
