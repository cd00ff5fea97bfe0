using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Sluice.Steps;

namespace Sluice.Pipelines;

enum OptionKind
{
    Text,
    Whole,
    Number,
    Flag,
    Choice,
    Free,
    List,
    Map,
    Record,
    Variants,

    /// <summary>A type with its own JSON converter, or a date or duration: the converter decides, from text or a number.</summary>
    Custom,
}

/// <summary>What an option may hold, read from the JSON contract of its type, so that YAML and stored JSON mean the same.</summary>
sealed class OptionType
{
    /// <summary>As <see cref="StepJson.Options"/>; canonical JSON has its keys sorted, so a type discriminator need not come first.</summary>
    public static JsonSerializerOptions Json { get; } = new(StepJson.Options)
    {
        AllowOutOfOrderMetadataProperties = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutComputed } },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    static readonly ConcurrentDictionary<Type, OptionType> Cache = new();

    readonly Lazy<IReadOnlyList<OptionField>> fields;
    readonly Lazy<IReadOnlyDictionary<string, OptionType>> variants;
    readonly Lazy<OptionType?> element;

    OptionType(Type clr)
    {
        Clr = clr;
        var contract = Json.GetTypeInfo(clr);
        Kind = KindOf(clr, contract);
        Choices = Kind == OptionKind.Choice
            ? [.. Enum.GetValues(clr).Cast<object>().Select(value => JsonSerializer.SerializeToNode(value, clr, Json)!.GetValue<string>())]
            : [];
        fields = new(() => Kind == OptionKind.Record ? [.. contract.Properties.Where(OptionField.IsOption).Select(p => new OptionField(p))] : []);
        variants = new(() => contract.PolymorphismOptions is { } polymorphism
            ? polymorphism.DerivedTypes.ToDictionary(d => $"{d.TypeDiscriminator}", d => new OptionType(d.DerivedType), StringComparer.Ordinal)
            : new Dictionary<string, OptionType>());
        Discriminator = contract.PolymorphismOptions?.TypeDiscriminatorPropertyName ?? "";
        element = new(() => contract.ElementType is { } type && Kind is OptionKind.List or OptionKind.Map ? Of(type) : null);
    }

    public Type Clr { get; }

    public OptionKind Kind { get; }

    public IReadOnlyList<string> Choices { get; }

    public IReadOnlyList<OptionField> Fields => fields.Value;

    /// <summary>Key that says which of <see cref="Variants"/> a mapping is.</summary>
    public string Discriminator { get; }

    public IReadOnlyDictionary<string, OptionType> Variants => variants.Value;

    public OptionType? Element => element.Value;

    public static OptionType Of(Type type) => Cache.GetOrAdd(Nullable.GetUnderlyingType(type) ?? type, t => new OptionType(t));

    /// <summary>For messages and the catalogue: <c>whole number</c>, <c>list of text</c>.</summary>
    public string Words => Kind switch
    {
        OptionKind.Text => Clr == typeof(char) ? "single character" : "text",
        OptionKind.Whole => "whole number",
        OptionKind.Number => "number",
        OptionKind.Flag => "true or false",
        OptionKind.Choice => string.Join(" | ", Choices),
        OptionKind.Free => "any value",
        OptionKind.List => $"list of {Element!.Words}",
        OptionKind.Map => $"mapping to {Element!.Words}",
        OptionKind.Record or OptionKind.Variants => "mapping",
        _ when Clr == typeof(TimeSpan) => "duration (hh:mm:ss)",
        _ when Clr == typeof(DateOnly) => "date (yyyy-MM-dd)",
        _ when Clr == typeof(DateTime) || Clr == typeof(DateTimeOffset) => "time (yyyy-MM-ddTHH:mm:ss)",
        _ => "value",
    };

    /// <summary>For <c>expected …</c> in messages.</summary>
    public string Expected => (Kind is OptionKind.Text && Clr != typeof(char)) || Kind is OptionKind.Flag or OptionKind.Free ? Words
        : Kind is OptionKind.Choice ? "one of: " + string.Join(", ", Choices)
        : "a " + Words;

    /// <summary>Why a class with this option cannot be in the catalogue; empty when it can.</summary>
    public IEnumerable<string> Refusals(string path, int depth = 0)
    {
        if (depth > 8)
        {
            yield break;
        }

        if (Kind == OptionKind.Record && Fields.Count == 0)
        {
            yield return $"{path} is {Clr.Name}, which has no option that can be set";
        }

        if (Kind == OptionKind.Map && Json.GetTypeInfo(Clr).KeyType != typeof(string))
        {
            yield return $"{path} is a dictionary with keys that are not text";
        }

        foreach (var field in Fields.Concat(Variants.Values.SelectMany(v => v.Fields)))
        {
            foreach (var refusal in field.Type.Refusals($"{path}.{field.Name}", depth + 1))
            {
                yield return refusal;
            }
        }

        foreach (var refusal in Element?.Refusals(path + "[]", depth + 1) ?? [])
        {
            yield return refusal;
        }
    }

    static void LeaveOutComputed(JsonTypeInfo contract)
    {
        for (var i = contract.Properties.Count - 1; i >= 0; i--)
        {
            if (!OptionField.IsOption(contract.Properties[i]))
            {
                contract.Properties.RemoveAt(i);
            }
        }
    }

    static OptionKind KindOf(Type clr, JsonTypeInfo contract)
    {
        if (clr == typeof(string) || clr == typeof(char))
        {
            return OptionKind.Text;
        }

        if (clr.IsEnum)
        {
            return OptionKind.Choice;
        }

        if (clr == typeof(object) || clr == typeof(JsonElement) || typeof(JsonNode).IsAssignableFrom(clr))
        {
            return OptionKind.Free;
        }

        return Type.GetTypeCode(clr) switch
        {
            TypeCode.Boolean => OptionKind.Flag,
            TypeCode.Double or TypeCode.Single or TypeCode.Decimal => OptionKind.Number,
            >= TypeCode.SByte and <= TypeCode.UInt64 => OptionKind.Whole,
            _ => contract.Kind switch
            {
                JsonTypeInfoKind.Object => contract.PolymorphismOptions is null ? OptionKind.Record : OptionKind.Variants,
                JsonTypeInfoKind.Enumerable => OptionKind.List,
                JsonTypeInfoKind.Dictionary => OptionKind.Map,
                _ => OptionKind.Custom,
            },
        };
    }
}

/// <summary>One named option of a record.</summary>
sealed class OptionField
{
    readonly Lazy<OptionType> type;

    public OptionField(JsonPropertyInfo property)
    {
        Name = property.Name;
        Property = property;
        type = new(() => OptionType.Of(property.PropertyType));
        Member = property.AttributeProvider as MemberInfo;
        Checks =
        [
            .. Attributes<ValidationAttribute>(property.AttributeProvider).Concat(Attributes<ValidationAttribute>(property.AssociatedParameter?.AttributeProvider)),
        ];

        // [Required] on a property with a default means that it may not be emptied, not that it must be given.
        Required = property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false, IsNullable: false }
            || (Checks.OfType<RequiredAttribute>().SingleOrDefault() is { } required && !required.IsValid(Default()));
        Nullable = System.Nullable.GetUnderlyingType(property.PropertyType) is not null
            || (!property.PropertyType.IsValueType && property.IsSetNullable && property.AssociatedParameter is null or { IsNullable: true });
    }

    public string Name { get; }

    public JsonPropertyInfo Property { get; }

    public MemberInfo? Member { get; }

    public OptionType Type => type.Value;

    public bool Required { get; }

    public bool Nullable { get; }

    public IReadOnlyList<ValidationAttribute> Checks { get; }

    /// <summary>False for computed properties: they cannot be given.</summary>
    public static bool IsOption(JsonPropertyInfo property) => property.Set is not null || property.AssociatedParameter is not null;

    /// <summary>What the checks allow, in words: <c>0 to 100</c>, <c>at least 1</c>; null when anything is.</summary>
    public string? Range
    {
        get
        {
            var words = Checks.Select(check => check switch
            {
                RangeAttribute range => Bounds(range),
                MinLengthAttribute min => $"at least {min.Length}{Items(min.Length)}",
                MaxLengthAttribute max => $"at most {max.Length}{Items(max.Length)}",
                LengthAttribute length => $"{length.MinimumLength} to {length.MaximumLength}{Items(length.MaximumLength)}",
                StringLengthAttribute length => $"{length.MinimumLength} to {length.MaximumLength} characters",
                RegularExpressionAttribute regex => $"matching {regex.Pattern}",
                AllowedValuesAttribute allowed => "one of " + string.Join(", ", allowed.Values),
                DeniedValuesAttribute denied => "none of " + string.Join(", ", denied.Values),
                _ => null,
            }).OfType<string>().ToList();
            return words.Count == 0 ? null : string.Join(", ", words);
        }
    }

    // What the property holds when nothing is given; null where that cannot be known.
    object? Default() => Member is PropertyInfo { DeclaringType: { } owner } && owner.GetConstructor([]) is { } constructor
        ? Property.Get?.Invoke(constructor.Invoke([]))
        : null;

    static string Bounds(RangeAttribute range)
    {
        var low = range.MinimumIsExclusive ? "more than " : "";
        var high = range.MaximumIsExclusive ? "less than " : "";
        return Unbounded(range.Maximum, max: true) ? $"{(low.Length > 0 ? low : "at least ")}{range.Minimum}"
            : Unbounded(range.Minimum, max: false) ? $"{(high.Length > 0 ? high : "at most ")}{range.Maximum}"
            : $"{low}{range.Minimum} to {high}{range.Maximum}";
    }

    static bool Unbounded(object bound, bool max) => bound switch
    {
        int whole => whole == (max ? int.MaxValue : int.MinValue),
        double number => max ? number >= double.MaxValue : number <= double.MinValue,
        _ => false,
    };

    string Items(int count) => Type.Kind == OptionKind.Text ? count == 1 ? " character" : " characters" : count == 1 ? " item" : " items";

    static IEnumerable<T> Attributes<T>(ICustomAttributeProvider? provider)
        where T : Attribute => provider?.GetCustomAttributes(typeof(T), inherit: true).Cast<T>() ?? [];
}
