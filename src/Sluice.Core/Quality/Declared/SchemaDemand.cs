using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>What a value is declared to be.</summary>
public enum ValueType
{
    /// <summary>Anything.</summary>
    String,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number.</summary>
    Decimal,

    /// <summary>A number; the same as decimal.</summary>
    Float,

    /// <summary>True or false, yes or no, 1 or 0.</summary>
    Boolean,

    /// <summary>A day.</summary>
    Date,

    /// <summary>A day, or a day with a time.</summary>
    Datetime,
}

/// <summary>Demands on the columns: a schema that is declared before any row is seen. Each demand is judged as the business rule that says the same.</summary>
public sealed record SchemaDemand
{
    /// <summary>Columns that must be there. A missing one fails the check <c>missing_column</c>, severity critical. Default: none.</summary>
    public IReadOnlyList<string> RequiredColumns { get; init; } = [];

    /// <summary>Columns and what their values must be. Default: none.</summary>
    public IReadOnlyList<ColumnDemand> Columns { get; init; } = [];

    /// <summary>Columns whose values together are in every row and in no other. Default: none.</summary>
    public IReadOnlyList<string> PrimaryKey { get; init; } = [];

    /// <summary>Whether there may be columns that are not declared. Where not, each fails the check <c>undeclared_column</c>, severity medium. Default: true.</summary>
    public bool AdditionalColumns { get; init; } = true;

    /// <summary>Declared columns that may not be left out, and those that are required.</summary>
    internal IReadOnlyList<string> Required => [.. RequiredColumns.Concat(Columns.Where(c => !c.Optional).Select(c => c.Name)).Concat(PrimaryKey).Distinct(StringComparer.Ordinal)];

    /// <summary>The demands as rules, each with the option that it comes from.</summary>
    internal IEnumerable<(string Path, BusinessRule Rule)> Rules()
    {
        foreach (var (i, column) in Columns.Index())
        {
            foreach (var (option, rule) in column.Rules())
            {
                yield return ($"schema.columns[{i}].{option}", rule);
            }
        }

        foreach (var name in PrimaryKey.Except(Columns.Where(c => !c.Nullable).Select(c => c.Name)))
        {
            yield return ("schema.primary_key", new() { Type = RuleType.NotNull, Column = name });
        }

        if (PrimaryKey.Count > 0)
        {
            yield return ("schema.primary_key", new() { Type = RuleType.Unique, Columns = PrimaryKey });
        }
    }
}

/// <summary>What one column must be. Missing values are the business of <c>nullable</c> only.</summary>
public sealed record ColumnDemand
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary><c>string</c>, <c>integer</c>, <c>decimal</c>, <c>float</c>, <c>boolean</c>, <c>date</c> or <c>datetime</c>. Default: any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ValueType? Type { get; init; }

    /// <summary>Whether a value may be missing. Default: true.</summary>
    public bool Nullable { get; init; } = true;

    /// <summary>Whether the column itself may be missing. Default: false.</summary>
    public bool Optional { get; init; }

    /// <summary>Smallest number allowed. Default: no limit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Min { get; init; }

    /// <summary>Largest number allowed. Default: no limit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Max { get; init; }

    /// <summary>Fewest characters of a text. Default: no limit.</summary>
    [Range(0, 10_000)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MinLength { get; init; }

    /// <summary>Most characters of a text. Default: no limit.</summary>
    [Range(0, 10_000)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxLength { get; init; }

    /// <summary>Values allowed, compared as text, with case. Default: all.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>.NET regular expression that a text must match. Default: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Pattern { get; init; }

    /// <summary>Whether no value may come twice. Default: false.</summary>
    public bool Unique { get; init; }

    internal IEnumerable<(string Option, BusinessRule Rule)> Rules()
    {
        if (Type is not (null or ValueType.String))
        {
            yield return ("type", new() { Type = RuleType.OfType, Column = Name, ValueType = Type });
        }

        if (!Nullable)
        {
            yield return ("nullable", new() { Type = RuleType.NotNull, Column = Name });
        }

        if (Min is not null || Max is not null)
        {
            yield return ("min", new() { Type = RuleType.Range, Column = Name, Min = Min, Max = Max });
        }

        if (MinLength is not null || MaxLength is not null)
        {
            yield return ("min_length", new() { Type = RuleType.Regex, Column = Name, Pattern = $@"\A(?s:.{{{MinLength ?? 0},{MaxLength}}})\z" });
        }

        if (Values.Count > 0)
        {
            yield return ("values", new() { Type = RuleType.Enum, Column = Name, Values = Values });
        }

        if (Pattern is not null)
        {
            yield return ("pattern", new() { Type = RuleType.Regex, Column = Name, Pattern = Pattern });
        }

        if (Unique)
        {
            yield return ("unique", new() { Type = RuleType.Unique, Column = Name });
        }
    }
}

/// <summary>Columns that are there and not declared. Counted in columns, of those there are; severity medium.</summary>
sealed class UndeclaredColumns(SchemaDemand demand) : Check
{
    const string Reason = "undeclared_column";

    public override IReadOnlyList<string> Reasons => [Reason];

    public override CheckFit Fit(Seen seen)
    {
        var extra = seen.Schema.Where(f => demand.Columns.All(c => c.Name != f.Name) && !demand.Required.Contains(f.Name)).Select(f => $"'{f.Name}'").ToList();
        return new CheckFit([new CheckResult(Reason, null, Severity.Medium, extra.Count, seen.Schema.Count, "columns")])
        {
            Notes = extra.Count == 0 ? [] : [$"{Reason}: {string.Join(", ", extra)}."],
        };
    }
}
