using System.Text;
using Sluice.Cleaning;
using Sluice.Schemas;

namespace Sluice.SchemaDetection;

/// <summary>What a column means: a semantic type, or what its use in the table says (identifier, category, free text).</summary>
sealed record Meaning(string Type, double Confidence, string Reason, bool IsPii, bool IsPattern);

/// <summary>From what was seen of a column to what it is.</summary>
sealed class ColumnJudge
{
    /// <summary>Least share of one type, as Frictionless asks of a field.</summary>
    const double TypeShare = 0.9;
    const int MaxDecimalScale = 6;

    /// <summary>Digits of a decimal at least, so that later values fit.</summary>
    public const int LeastPrecision = 10;

    readonly ColumnKind? kind;
    readonly IReadOnlyList<string> values;

    public ColumnJudge(ColumnSketch sketch)
    {
        Sketch = sketch;
        kind = sketch.Kind(TypeShare);
        values = [.. sketch.Values.Items.Select(item => Encoding.UTF8.GetString(item.Item.Text))];
        Type = TypeOf();
        DateFormats = Type == "datetime" ? new DateFormats(sketch.Field, values) : null;
        Meaning = SemanticDetector.Guess(Name, Holding(), sketch.Values) is { } guess
            ? new Meaning(guess.Type.Name, guess.Confidence, Reason(guess), guess.Type.IsPii, guess.Type.IsPattern)
            : ColumnUse.Of(this);
    }

    public ColumnSketch Sketch { get; }

    public string Name => Sketch.Field.Name;

    public string Type { get; }

    public Meaning? Meaning { get; }

    public DateFormats? DateFormats { get; }

    /// <summary>Sampled different values, in random order.</summary>
    public IReadOnlyList<string> Values => values;

    public long WrongType => kind is { Type: not ColumnType.Text } ? kind.Misfits : 0;

    /// <summary>Whether fix_types would give the column a type.</summary>
    public bool IsTypedText => kind is { Type: not ColumnType.Text };

    /// <summary>No value twice and none missing; null: no value of the sample is there twice, but there are others.</summary>
    public bool? Unique => Sketch.Rows == 0 || Sketch.Missing > 0 || Sketch.Values.Items.Any(item => item.Item.Count > 1) ? false : Sketch.Values.IsComplete ? true : null;

    /// <summary>Whether the column may be unique, within four standard errors of the estimate.</summary>
    public bool MayBeUnique => Unique ?? Sketch.Values.Distinct * (1 + (4 * Sketch.Values.Error)) >= Sketch.Rows;

    public bool IsPii => Meaning?.IsPii == true;

    public DetectedColumn Column(string? description) => new()
    {
        Name = Name,
        Type = Type,
        Format = Format(),
        Nullable = Sketch.Missing > 0,
        Description = description,
        Pattern = Sketch.Field.Format == "json" ? "json" : Type == "string" ? Pattern() : null,
        Pii = IsPii ? true : null,
        Precision = Type == "decimal" ? Math.Max(LeastPrecision, WholeDigits() + DecimalScale()) : null,
        Scale = Type == "decimal" ? DecimalScale() : null,
    };

    string TypeOf() => Sketch.Field.Type switch
    {
        ColumnType.Boolean => "boolean",
        ColumnType.Int64 => "integer",
        ColumnType.Float64 => FloatType(),
        ColumnType.Date or ColumnType.Timestamp => "datetime",
        _ => kind?.Type switch
        {
            ColumnType.Boolean => "boolean",
            ColumnType.Int64 => "integer",
            ColumnType.Float64 => "decimal",
            ColumnType.Date or ColumnType.Timestamp => "datetime",
            _ => HasCommas() ? "decimal" : "string",
        },
    };

    string FloatType() => Sketch.Scale <= MaxDecimalScale && Sketch.InfiniteValues == 0 && Sketch.Present > 0 ? "decimal" : "float";

    bool HasCommas() => values.Count > 0 && values.Count(Formats.DecimalComma) >= TypeShare * values.Count;

    Holds Holding() => (Sketch.Field.Type, Type) switch
    {
        (_, "datetime") => Holds.Moment,
        (_, "boolean") => 0,
        (ColumnType.Text, "integer") => Holds.Text | Holds.Integer,
        (ColumnType.Text, "decimal") => Holds.Text | Holds.Decimal,
        (ColumnType.Text, _) => Holds.Text,
        (_, "integer") => Holds.Integer,
        _ => Holds.Decimal,
    };

    string? Format() => Type switch
    {
        "datetime" => DateFormats!.Name,
        "boolean" when Sketch.Field.Type == ColumnType.Text => string.Join('/', values.Where(v => ValueParser.TryBooleanLenient(Encoding.UTF8.GetBytes(v), out _)).Select(v => v.ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal).Reverse().Take(4)),
        "decimal" when HasCommas() => "#.##0," + new string('0', DecimalScale()),
        _ => null,
    };

    string? Pattern() => Meaning switch
    {
        { IsPattern: true } => Meaning.Type,
        { Type: "identifier" or "code" } => Shape.Of(values),
        _ => null,
    };

    int DecimalScale() => Sketch.Field.Type == ColumnType.Float64
        ? Math.Max(1, Sketch.Scale)
        : values.Select(v => v.Length - 1 - v.LastIndexOfAny(['.', ','])).Where(digits => digits is > 0 and <= 18).DefaultIfEmpty(0).Max();

    int WholeDigits() => Sketch.Min is { } min && Sketch.Max is { } max
        ? Math.Max(1, (int)Math.Floor(Math.Log10(Math.Max(1, Math.Max(Math.Abs(min), Math.Abs(max))))) + 1)
        : 1;

    string Reason(SemanticGuess guess)
    {
        var sampled = Sketch.Values.IsComplete ? "different values" : "sampled different values";
        var match = guess.Type.Test is null && guess.Type.NamedTest is null ? "" : $"{guess.Matched:N0} of {guess.Of:N0} {sampled} match";
        return (match, guess.FromName) switch
        {
            ("", _) => "the name says so",
            (_, true) => match + ", and the name says so",
            _ => match,
        };
    }
}
