using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Sluice.Privacy.Anonymity;

/// <summary>How the values of a column are made coarser.</summary>
public enum Coarsening
{
    /// <summary>By the column's type: ranges for numbers, date parts for dates, leading characters for text.</summary>
    Auto,

    /// <summary>Ranges of numbers: <c>width</c>, then twice as wide at each level.</summary>
    Range,

    /// <summary>Date, month, year, decade.</summary>
    Date,

    /// <summary>One character less from the end at each level, as postal codes allow.</summary>
    Prefix,

    /// <summary>By <c>levels</c>, a mapping of each value for each level.</summary>
    Levels,

    /// <summary>The value, or nothing of it.</summary>
    Suppress,
}

/// <summary>How rows are made alike.</summary>
public enum AnonymityMethod
{
    /// <summary>Every value of a column goes to one level: simple to read and to join.</summary>
    FullDomain,

    /// <summary>The table is cut along its columns as long as both sides meet the demand; equal values stay on one side.</summary>
    Mondrian,

    /// <summary>The same, with ranges that may meet in a value: cuts are even where many rows share one.</summary>
    MondrianRelaxed,
}

/// <summary>A column that, with others, can tell who a row is of: age, postal code, sex.</summary>
public sealed record QuasiIdentifier
{
    /// <summary>Its name.</summary>
    public required string Column { get; init; }

    /// <summary>range, date, prefix, levels or suppress. Default: auto, by the column's type.</summary>
    public Coarsening Coarsening { get; init; } = Coarsening.Auto;

    /// <summary>For range: width of the narrowest ranges. Default: 5.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double Width { get; init; } = 5;

    /// <summary>For levels: one mapping per level, from the values of the table to coarser ones. What a mapping lacks becomes <c>*</c>.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Levels { get; init; } = [];
}

/// <summary>The levels of one column, from the value itself (0) to nothing of it (the last).</summary>
sealed class Ladder
{
    const int RangeLevels = 8, PrefixLevels = 6;

    /// <summary>What stands where nothing is told.</summary>
    public const string Nothing = "*";

    readonly QuasiIdentifier column;
    readonly Coarsening kind;

    public Ladder(QuasiIdentifier column, ColumnType type)
    {
        this.column = column;
        kind = column.Coarsening != Coarsening.Auto ? column.Coarsening : type switch
        {
            ColumnType.Int64 or ColumnType.Float64 => Coarsening.Range,
            ColumnType.Date or ColumnType.Timestamp => Coarsening.Date,
            ColumnType.Boolean => Coarsening.Suppress,
            _ => column.Levels.Count > 0 ? Coarsening.Levels : Coarsening.Prefix,
        };
        Top = kind switch
        {
            Coarsening.Range => RangeLevels + 1,
            Coarsening.Date => 4,
            Coarsening.Prefix => PrefixLevels + 1,
            Coarsening.Levels => column.Levels.Count + 1,
            _ => 1,
        };
    }

    /// <summary>The last level.</summary>
    public int Top { get; }

    /// <summary>Whether values lie on a line: numbers and dates, unless levels of their own are given.</summary>
    public bool IsOrdered => kind is Coarsening.Range or Coarsening.Date;

    /// <summary>The length of a range at a level; null where it has none.</summary>
    public double? RangeWidth(int level) => kind == Coarsening.Range && level > 0 && level < Top ? column.Width * Math.Pow(2, level - 1) : null;

    /// <summary>A value at a level; an empty one stays empty until the last.</summary>
    public string At(string value, int level)
    {
        if (level == 0 || value.Length == 0)
        {
            return level == Top ? Nothing : value;
        }

        return level >= Top ? Nothing : kind switch
        {
            Coarsening.Range => Range(value, column.Width * Math.Pow(2, level - 1)),
            Coarsening.Date => Date(value, level),
            Coarsening.Prefix => Prefix(value, level),
            _ => column.Levels[level - 1].GetValueOrDefault(value, Nothing),
        };
    }

    static string Range(string value, double width)
    {
        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
        {
            return Nothing;
        }

        var low = Math.Floor(number / width) * width;
        return string.Create(CultureInfo.InvariantCulture, $"[{low:0.######}, {low + width:0.######})");
    }

    // yyyy-MM-dd and what follows.
    static string Date(string value, int level) =>
        value.Length < 10 || value[4] != '-' ? Nothing : level switch { 1 => value[..7], 2 => value[..4], _ => value[..3] + "0s" };

    static string Prefix(string value, int level)
    {
        var letters = new StringInfo(value);
        var kept = Math.Max(0, letters.LengthInTextElements - level);
        return kept == 0 ? Nothing : letters.SubstringByTextElements(0, kept) + new string('*', letters.LengthInTextElements - kept);
    }
}
