using System.Globalization;
using System.Text;

namespace Sluice.Connectors;

/// <summary>What a cell of a workbook holds.</summary>
enum ExcelKind : byte
{
    Missing,
    Text,
    Boolean,
    Int64,
    Float64,
    Date,
    Timestamp,
    Error,
}

/// <summary>One cell. <see cref="Bits"/> holds a number, boolean, days or microseconds; <see cref="Text"/> text or the error.</summary>
readonly record struct ExcelCell(ExcelKind Kind, long Bits, string? Text)
{
    /// <summary>Whole numbers beyond it have lost digits already in Excel, whose numbers are doubles.</summary>
    const double MaxExact = 1L << 53;

    public double Number => Kind == ExcelKind.Int64 ? Bits : BitConverter.Int64BitsToDouble(Bits);

    public static ExcelCell OfError(string error) => new(ExcelKind.Error, 0, error);

    public static ExcelCell Of(object? value) => value switch
    {
        null => default,
        string { Length: 0 } => default,
        string text => new ExcelCell(ExcelKind.Text, 0, text),
        bool flag => new ExcelCell(ExcelKind.Boolean, flag ? 1 : 0, null),
        double number when number == Math.Truncate(number) && Math.Abs(number) <= MaxExact => new ExcelCell(ExcelKind.Int64, (long)number, null),
        double number => new ExcelCell(ExcelKind.Float64, BitConverter.DoubleToInt64Bits(number), null),
        int number => new ExcelCell(ExcelKind.Int64, number, null),
        DateTime time => Of(time),
        TimeSpan time => new ExcelCell(ExcelKind.Text, 0, TimeText(time)),
        _ => new ExcelCell(ExcelKind.Text, 0, Convert.ToString(value, CultureInfo.InvariantCulture)),
    };

    /// <summary>The value as a text column holds it; empty for a missing one.</summary>
    public string Display()
    {
        Span<byte> cell = stackalloc byte[CellText.MaxLength];
        return Kind switch
        {
            ExcelKind.Missing => "",
            ExcelKind.Text or ExcelKind.Error => Text!,
            ExcelKind.Boolean => Bits != 0 ? "true" : "false",
            ExcelKind.Int64 => Bits.ToString(CultureInfo.InvariantCulture),
            ExcelKind.Float64 => Number.ToString("R", CultureInfo.InvariantCulture),
            ExcelKind.Date => Encoding.ASCII.GetString(cell[..CellText.Format(new ValueColumn<int>(ColumnType.Date, [(int)Bits]), 0, cell)]),
            _ => Encoding.ASCII.GetString(cell[..CellText.Format(new ValueColumn<long>(ColumnType.Timestamp, [Bits]), 0, cell)]),
        };
    }

    // A time of day is a fraction of Excel's day 0, which is the last of 1899.
    static ExcelCell Of(DateTime time) => time.Year < 1900
        ? new ExcelCell(ExcelKind.Text, 0, TimeText(time.TimeOfDay))
        : time.TimeOfDay == TimeSpan.Zero
        ? new ExcelCell(ExcelKind.Date, (time - DateTime.UnixEpoch).Days, null)
        : new ExcelCell(ExcelKind.Timestamp, (time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond, null);

    static string TimeText(TimeSpan time)
    {
        var sign = time < TimeSpan.Zero ? "-" : "";
        var fraction = time.Milliseconds == 0 ? "" : $".{Math.Abs(time.Milliseconds):000}";
        return $"{sign}{Math.Abs((long)time.TotalHours):00}:{Math.Abs(time.Minutes):00}:{Math.Abs(time.Seconds):00}{fraction}";
    }
}
