using System.Globalization;
using System.Text;
using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.SchemaDetection;

/// <summary>Claims about one column, each held against its values. A claim that one value falsifies is refused, with the reason.</summary>
sealed class ColumnClaims(ColumnJudge judge, DetectedColumn column, ColumnEvidence evidence, string model)
{
    const int MaxUnit = 40;

    readonly List<RefusedClaim> refused = [];

    public IReadOnlyList<RefusedClaim> Refused => refused;

    public DetectedColumn Column { get; private set; } = column;

    public ColumnEvidence Evidence { get; private set; } = evidence;

    /// <summary>Limits that were claimed and that no value breaks.</summary>
    public (double? Min, double? Max) Range { get; private set; }

    public void Take(ColumnRefinement claim)
    {
        TakeType(claim.Type);
        TakeMeaning(claim.SemanticType);
        TakePersonal(claim.Pii);
        TakeUnit(claim.Unit);
        TakeRange(claim.Min, claim.Max);
        Column = Column with { Description = string.IsNullOrWhiteSpace(claim.Description) ? Column.Description : claim.Description.Trim() };
    }

    void TakeType(string? type)
    {
        if (type is null || type == Column.Type)
        {
            return;
        }

        if (TypeProblem(type) is { } problem)
        {
            Refuse("type", type, problem);
            return;
        }

        var isDecimal = type == "decimal";
        Column = Column with
        {
            Type = type,
            Format = type == "datetime" ? new DateFormats(judge.Sketch.Field, judge.Values).Name : IsNumber(type) ? Column.Format : null,
            Pattern = type == "string" ? Column.Pattern : null,
            Precision = isDecimal ? judge.Values.Select(v => v.Count(char.IsDigit)).Append(ColumnJudge.LeastPrecision).Max() : null,
            Scale = isDecimal ? judge.Values.Select(v => v.Trim()).Select(v => v.Contains('.', StringComparison.Ordinal) ? v.Length - 1 - v.IndexOf('.', StringComparison.Ordinal) : 0).Append(0).Max() : null,
        };
    }

    string? TypeProblem(string type)
    {
        var stored = judge.Sketch.Field.Type;
        if (type == "string")
        {
            return stored == ColumnType.Text ? null : $"the values are stored as {stored.ToString().ToLowerInvariant()}; only text can be a string";
        }

        // A whole number is a decimal number too, and a decimal number is a float.
        if ((Column.Type, type) is ("integer", "decimal" or "float") or ("decimal", "float"))
        {
            return judge.WrongType == 0 ? null : $"{judge.WrongType:N0} values are no numbers";
        }

        if (judge.Sketch.Present == 0)
        {
            return "there is no value that could be of it";
        }

        string[] wrong = [.. judge.Values.Where(value => !IsOf(type, value))];
        return wrong.Length > 0 ? $"{wrong.Length:N0} of {judge.Values.Count:N0} different values are not, such as '{Shown(wrong[0])}'"
            : judge.Sketch.Values.IsComplete ? null
            : $"{judge.Values.Count:N0} of about {judge.Sketch.Values.Distinct:N0} different values were looked at; all must be of it";
    }

    static bool IsOf(string type, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value.Trim());
        return type switch
        {
            "integer" => ValueParser.TryInt64(bytes, out _),
            "decimal" or "float" => double.TryParse(value.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number),
            "boolean" => ValueParser.TryBooleanLenient(bytes, out _),
            "datetime" => DateFormats.IsDate(value.Trim()),
            _ => false,
        };
    }

    static bool IsNumber(string type) => type is "integer" or "decimal" or "float";

    void TakeMeaning(string? meaning)
    {
        if (string.IsNullOrWhiteSpace(meaning) || meaning == Evidence.SemanticType)
        {
            return;
        }

        var known = SemanticTypes.All.Where(t => t.Name == meaning).ToArray();
        if (MeaningProblem(known) is { } problem)
        {
            Refuse("semantic_type", meaning, problem);
            return;
        }

        Evidence = Evidence with { SemanticType = meaning, Confidence = null, Reason = $"{model} says so, and no value contradicts it" };
        Column = Column with
        {
            Pattern = Column.Type == "string" && known.Any(t => t.IsPattern) ? meaning : Column.Pattern,
            Pii = Column.Pii == true || known.Any(t => t.IsPii) ? true : null,
        };
    }

    string? MeaningProblem(SemanticType[] known)
    {
        var tests = known.Select(t => (t, Test: t.NamedTest ?? t.Test)).Where(t => t.Test is not null).ToArray();
        if (tests.Length > 0)
        {
            // One value falsifies a form; lists of names are never complete.
            var best = tests.Select(t => (t.t, Wrong: judge.Values.Where(v => !t.Test!(v)).ToArray())).MinBy(t => t.Wrong.Length);
            var allowed = best.t.IsPattern ? 0 : (1 - best.t.NamedShare) * judge.Values.Count;
            return judge.Values.Count == 0 ? "there is no value that could be of it"
                : best.Wrong.Length > allowed ? $"{best.Wrong.Length:N0} of {judge.Values.Count:N0} different values are not, such as '{Shown(best.Wrong[0])}'"
                : null;
        }

        return SemanticTypes.All.Any(t => t.Name == judge.Meaning?.Type && (t.Test ?? t.NamedTest) is not null)
            ? $"the values are of the type {judge.Meaning!.Type}: {judge.Meaning.Reason}"
            : null;
    }

    void TakePersonal(bool? personal)
    {
        if (personal != false)
        {
            Column = Column with { Pii = Column.Pii == true || personal == true ? true : null };
            return;
        }

        var values = new PersonalValues(Column.Name);
        foreach (var value in judge.Sketch.Field.Type is ColumnType.Float64 or ColumnType.Boolean ? [] : judge.Values)
        {
            values.Mask(value);
        }

        if (Column.Pii == true || values.Found.Count > 0)
        {
            var found = values.Found.Count == 0
                ? $"the column is {judge.Meaning?.Type.Replace('_', ' ')}: {judge.Meaning?.Reason}"
                : $"the recognisers found {string.Join(", ", values.Found.Select(f => $"{f.Key} in {f.Value:N0}"))} of {judge.Values.Count:N0} different values";
            Refuse("pii", "false", found);
        }
    }

    bool MeasuresNothing => Evidence.SemanticType is "identifier" or "flag" or "code" or "postal_code";

    void TakeUnit(string? unit)
    {
        if (string.IsNullOrWhiteSpace(unit))
        {
            return;
        }

        var problem = !IsNumber(Column.Type) ? $"the column is {Column.Type}, and only numbers are counted in something"
            : MeasuresNothing ? $"the values are of the type {Evidence.SemanticType}, and measure nothing"
            : unit.Length > MaxUnit ? $"it has {unit.Length} characters; a unit has at most {MaxUnit}"
            : null;
        if (problem is null)
        {
            Evidence = Evidence with { Unit = unit.Trim() };
        }
        else
        {
            Refuse("unit", unit, problem);
        }
    }

    void TakeRange(double? min, double? max)
    {
        if (min is null && max is null)
        {
            return;
        }

        var (least, greatest) = Extremes();

        var claimed = string.Create(CultureInfo.InvariantCulture, $"{min?.ToString(CultureInfo.InvariantCulture) ?? "…"} to {max?.ToString(CultureInfo.InvariantCulture) ?? "…"}");
        var problem = MeasuresNothing ? $"the values are of the type {Evidence.SemanticType}, and measure nothing"
            : least is null || greatest is null ? "the column has no numbers that could be compared"
            : min > max ? "no number is between"
            : least < min ? string.Create(CultureInfo.InvariantCulture, $"there are values down to {Number(least.Value)}")
            : greatest > max ? string.Create(CultureInfo.InvariantCulture, $"there are values up to {Number(greatest.Value)}")
            : null;
        if (problem is null)
        {
            Range = (min, max);
        }
        else
        {
            Refuse("range", claimed, problem);
        }
    }

    (double? Least, double? Greatest) Extremes()
    {
        if (Numbers.IsNumber(judge.Sketch.Field.Type))
        {
            return (judge.Sketch.Min, judge.Sketch.Max);
        }

        // Numbers that are stored as text have no extremes of their own; all different values have.
        var known = judge.Sketch.Values.IsComplete && judge.Values.Count > 0 && IsNumber(Column.Type) && judge.Values.All(v => IsOf("float", v));
        var numbers = known ? judge.Values.Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray() : [];
        return known ? (numbers.Min(), numbers.Max()) : (null, null);
    }

    string Number(double value) => judge.IsPii ? "one outside" : value.ToString("R", CultureInfo.InvariantCulture);

    string Shown(string value)
    {
        var masked = judge.IsPii ? Shape.Redact(value) : new PersonalValues(judge.Name).Mask(value);
        return masked.Length <= 40 ? masked : masked[..39] + "…";
    }

    void Refuse(string claim, string value, string reason) => refused.Add(new RefusedClaim(judge.Name, claim, value.Length <= 100 ? value : value[..99] + "…", reason));
}
