using System.ComponentModel.DataAnnotations;

namespace Sluice.Llm;

/// <summary>What an answer's field holds, and so the type of its column.</summary>
public enum AnswerType
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>Whole number.</summary>
    Integer,

    /// <summary>Number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>Date, as yyyy-MM-dd.</summary>
    Date,

    /// <summary>Any JSON, kept as its text.</summary>
    Json,
}

/// <summary>One field that an answer must have, and the column that it becomes.</summary>
public sealed record AnswerField : IValidatableObject
{
    /// <summary>Name of the field and of the column.</summary>
    [Required]
    public required string Name { get; init; }

    /// <summary>What it holds: <c>text</c>, <c>integer</c>, <c>number</c>, <c>boolean</c>, <c>date</c> or <c>json</c>. Default: text.</summary>
    public AnswerType Type { get; init; } = AnswerType.Text;

    /// <summary>What the model is told of it. Default: nothing besides its name.</summary>
    public string? Description { get; init; }

    /// <summary>The only texts that are allowed. Default: any.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Whether it must have a value; otherwise it may be null. Default: true.</summary>
    public bool Required { get; init; } = true;

    /// <summary>Least number. Default: none.</summary>
    public double? Min { get; init; }

    /// <summary>Greatest number. Default: none.</summary>
    public double? Max { get; init; }

    /// <summary>Regular expression that the whole text must match. Default: none.</summary>
    public string? Pattern { get; init; }

    /// <summary>Characters that a text may have. Default: 4,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxLength { get; init; } = 4_000;

    /// <summary>A pattern that cannot be read, limits that nothing meets, and limits of other types are problems of the file.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Pattern is not null && AnswerCheck.Compiled(Pattern) is null)
        {
            yield return new ValidationResult($"'{Pattern}' is not a regular expression.", [nameof(Pattern)]);
        }

        if (Min > Max)
        {
            yield return new ValidationResult($"'min' is {Min} and 'max' is {Max}: no number is between.", [nameof(Min)]);
        }

        if ((Labels.Count > 0 || Pattern is not null) && Type != AnswerType.Text)
        {
            yield return new ValidationResult($"'labels' and 'pattern' are for text; the type is '{Type.ToString().ToLowerInvariant()}'.", [nameof(Type)]);
        }

        if ((Min ?? Max) is not null && Type is not (AnswerType.Integer or AnswerType.Number))
        {
            yield return new ValidationResult($"'min' and 'max' are for numbers; the type is '{Type.ToString().ToLowerInvariant()}'.", [nameof(Type)]);
        }
    }

    /// <summary>The column it becomes.</summary>
    internal Field Column => new(
        Name,
        Type switch
        {
            AnswerType.Integer => ColumnType.Int64,
            AnswerType.Number => ColumnType.Float64,
            AnswerType.Boolean => ColumnType.Boolean,
            AnswerType.Date => ColumnType.Date,
            _ => ColumnType.Text,
        },
        Nullable: true,
        Type == AnswerType.Json ? "json" : null);

    /// <summary>Tokens that a usual value takes, generously: room is made for as many.</summary>
    internal int UsualTokens => 8 + (Name.Length / 4) + Type switch
    {
        AnswerType.Text when Labels.Count > 0 => Labels.Max(l => l.Length),
        AnswerType.Text => Math.Min(MaxLength, 1_200) / 3,
        AnswerType.Json => 400,
        _ => 12,
    };
}
