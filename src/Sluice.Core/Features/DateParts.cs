using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Sluice.Expressions;
using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Features;

/// <summary>A part of a date or a time.</summary>
public enum DatePart
{
    /// <summary>Year, such as 2024.</summary>
    Year,

    /// <summary>1 to 4.</summary>
    Quarter,

    /// <summary>1 to 12.</summary>
    Month,

    /// <summary>Day of the month, 1 to 31.</summary>
    Day,

    /// <summary>ISO 8601: Monday is 1, Sunday is 7.</summary>
    Weekday,

    /// <summary>1 to 366.</summary>
    DayOfYear,

    /// <summary>1 on Saturday and Sunday, else 0.</summary>
    IsWeekend,

    /// <summary>0 to 23, in UTC.</summary>
    Hour,

    /// <summary>0 to 59.</summary>
    Minute,
}

/// <summary>
/// Takes dates and timestamps (UTC) apart: year, quarter, month, day, weekday, day of year, weekend, hour, minute; and puts parts that come round
/// again on a circle, so that December is beside January.
/// </summary>
[Step("date_parts", Aliases = ["extract_date_parts"])]
public sealed class DateParts(DateParts.Options options) : Step
{
    static readonly string[] waves = ["sin", "cos"];
    static readonly string Circular = string.Join(", ", Enum.GetValues<DatePart>().Where(p => Period(p) > 0).Select(Name));

    public sealed record Options
    {
        /// <summary>Date or timestamp columns. At least one.</summary>
        [MinLength(1)]
        public required IReadOnlyList<string> Columns { get; init; }

        /// <summary>
        /// Parts to add, each as a whole number in a column NAME_part: year, quarter, month, day, weekday (Monday 1 to Sunday 7), day_of_year, is_weekend
        /// (0 or 1), hour and minute (of timestamps). Default: year, month, day, weekday.
        /// </summary>
        public IReadOnlyList<DatePart> Parts { get; init; } = [DatePart.Year, DatePart.Month, DatePart.Day, DatePart.Weekday];

        /// <summary>
        /// Parts to add as NAME_part_sin and NAME_part_cos of their angle on a circle: quarter, month, day (of 31), weekday, day_of_year (of 366), hour,
        /// minute. Default: none.
        /// </summary>
        public IReadOnlyList<DatePart> Cyclic { get; init; } = [];

        /// <summary>Keeps the date itself. Default: true.</summary>
        public bool KeepColumns { get; init; } = true;
    }

    public override Schema Plan(Schema input, StepProblems problems)
    {
        FeatureColumns.Check(
            input, problems, "columns", options.Columns, f => f.Type is ColumnType.Date or ColumnType.Timestamp, "a date or a timestamp",
            "Leave it out, or convert it first with fix_types.");
        if (options.Parts.Count + options.Cyclic.Count == 0)
        {
            problems.Add("parts", "No part is named. Name some in parts or cyclic.");
        }

        foreach (var (part, i) in options.Cyclic.Select((part, i) => (part, i)).Where(p => Period(p.part) == 0))
        {
            problems.Add($"cyclic[{i}]", $"'{Name(part)}' does not come round again; expected one of: {Circular}. Put it into parts.");
        }

        foreach (var column in options.Columns.Where(c => input.Has(c) && input[c].Type == ColumnType.Date && !Unify.IsOpen(input[c])))
        {
            if (options.Parts.Concat(options.Cyclic).FirstOrDefault(p => p is DatePart.Hour or DatePart.Minute) is var part and not DatePart.Year)
            {
                problems.Add("parts", $"Column '{column}' is a date and has no {Name(part)}. Leave that part out, or give dates a step of their own.");
            }
        }

        return problems.Items.Count > 0
            ? input
            : options.Columns.Aggregate(input, (schema, name) => FeatureColumns.Plan(schema, name, Outputs(name), options.KeepColumns));
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => FeatureColumns.Needs(input, wanted, options.Columns);

    public override StepEffects? Effects(Schema input) => new()
    {
        Reads = StepEffects.Names(options.Columns),
        Writes = StepEffects.Names(options.Columns.SelectMany(Outputs).Select(f => f.Name).Concat(options.KeepColumns ? [] : options.Columns)),
        KeepsRows = true,
        Silent = true,
        Cost = 10,
    };

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var result = batch;
        foreach (var name in options.Columns)
        {
            var column = batch[name];
            IEnumerable<Column> values = options.Parts.Select(part => Whole(column, part))
                .Concat(options.Cyclic.SelectMany(part => new[] { Angle(column, part, Math.Sin), Angle(column, part, Math.Cos) }));
            result = FeatureColumns.Apply(result, name, [.. Outputs(name).Zip(values)], options.KeepColumns);
        }

        return result;
    }

    Field[] Outputs(string column) =>
    [
        .. options.Parts.Select(part => new Field($"{column}_{Name(part)}", ColumnType.Int64)),
        .. options.Cyclic.SelectMany(part => waves.Select(wave => new Field($"{column}_{Name(part)}_{wave}", ColumnType.Float64))),
    ];

    static Column Whole(Column column, DatePart part)
    {
        var builder = new ValueBuilder<long>(ColumnType.Int64, column.Rows);
        for (var row = 0; row < column.Rows; row++)
        {
            if (Part(column, row, part) is { } value)
            {
                builder.Append(value);
            }
            else
            {
                builder.AppendNull();
            }
        }

        return builder.Build();
    }

    static ValueColumn<double> Angle(Column column, DatePart part, Func<double, double> wave)
    {
        var values = new double[column.Rows];
        var first = part is DatePart.Hour or DatePart.Minute ? 0 : 1;
        for (var row = 0; row < values.Length; row++)
        {
            values[row] = Part(column, row, part) is { } value ? wave(2 * Math.PI * (value - first) / Period(part)) : double.NaN;
        }

        return FeatureColumns.Float64(values);
    }

    /// <summary>Null for a missing date, and for one outside of the years 1 to 9999.</summary>
    static int? Part(Column column, int row, DatePart part)
    {
        var (days, micros) = column switch
        {
            ValueColumn<int> dates => (dates.Values[row], 0L),
            ValueColumn<long> times => (Times.Day(times.Values[row]), times.Values[row]),
            _ => (0L, 0L),
        };
        if (column.IsNull(row) || !Times.IsDate(days))
        {
            return null;
        }

        var date = Times.Date((int)days);
        var minutes = (int)((micros - (days * Times.MicrosPerDay)) / 60_000_000);
        return part switch
        {
            DatePart.Year => date.Year,
            DatePart.Quarter => (date.Month + 2) / 3,
            DatePart.Month => date.Month,
            DatePart.Day => date.Day,
            DatePart.Weekday => Weekday(date),
            DatePart.DayOfYear => date.DayOfYear,
            DatePart.IsWeekend => Weekday(date) >= 6 ? 1 : 0,
            DatePart.Hour => minutes / 60,
            _ => minutes % 60,
        };
    }

    static int Weekday(DateOnly date) => date.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)date.DayOfWeek;

    /// <summary>Number of values until it comes round again; 0 when it does not.</summary>
    static int Period(DatePart part) => part switch
    {
        DatePart.Quarter => 4,
        DatePart.Month => 12,
        DatePart.Day => 31,
        DatePart.Weekday => 7,
        DatePart.DayOfYear => 366,
        DatePart.Hour => 24,
        DatePart.Minute => 60,
        _ => 0,
    };

    static string Name(DatePart part) => JsonNamingPolicy.SnakeCaseLower.ConvertName(part.ToString());
}
