using System.Buffers.Text;

namespace Sluice.Connectors;

/// <summary>Values of fixed width as text, without allocation. Reading the text back with the column's type gives the same bits.</summary>
static class CellText
{
    /// <summary>Bytes that any value needs at most.</summary>
    public const int MaxLength = 40;

    const long MicrosPerDay = 86_400_000_000;

    /// <summary>Writes a value that is not missing; returns its length.</summary>
    public static int Format(Column column, int row, Span<byte> target) => column switch
    {
        ValueColumn<bool> flags => Copy(flags.Values[row] ? "true"u8 : "false"u8, target),
        ValueColumn<double> numbers => Number(numbers.Values[row], target),
        ValueColumn<int> dates => Date(dates.Values[row], target),
        ValueColumn<long> times when column.Type == ColumnType.Timestamp => Timestamp(times.Values[row], target),
        ValueColumn<long> integers => Integer(integers.Values[row], target),
        _ => throw new ArgumentException($"Unknown column kind {column.GetType().Name}.", nameof(column)),
    };

    /// <summary>Shortest text that gives the same double; a whole one keeps its point, so that it is read as a double again.</summary>
    static int Number(double value, Span<byte> target)
    {
        if (!value.TryFormat(target, out var length))
        {
            throw new ArgumentException("Too short.", nameof(target));
        }

        return !double.IsFinite(value) || target[..length].ContainsAny((byte)'.', (byte)'E') ? length : length + Copy(".0"u8, target[length..]);
    }

    static int Integer(long value, Span<byte> target) =>
        Utf8Formatter.TryFormat(value, target, out var length) ? length : throw new ArgumentException("Too short.", nameof(target));

    /// <summary>ISO 8601 in the proleptic Gregorian calendar; a sign and six digits or more outside the years 0 to 9999.</summary>
    static int Date(long days, Span<byte> target)
    {
        // 400 years are 146,097 days; counting from 1 March puts the leap day last.
        var fromMarch = days + 719_468;
        var era = Math.DivRem(fromMarch - (fromMarch < 0 ? 146_096 : 0), 146_097).Quotient;
        var ofEra = fromMarch - (era * 146_097);
        var yearOfEra = (ofEra - (ofEra / 1_460) + (ofEra / 36_524) - (ofEra / 146_096)) / 365;
        var ofYear = ofEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var monthFromMarch = ((5 * ofYear) + 2) / 153;
        var day = ofYear - (((153 * monthFromMarch) + 2) / 5) + 1;
        var month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        var year = yearOfEra + (era * 400) + (month <= 2 ? 1 : 0);

        var at = 0;
        if (year is < 0 or > 9999)
        {
            target[at++] = (byte)(year < 0 ? '-' : '+');
            at += Digits(Math.Abs(year), 6, target[at..]);
        }
        else
        {
            at += Digits(year, 4, target);
        }

        target[at++] = (byte)'-';
        at += Digits(month, 2, target[at..]);
        target[at++] = (byte)'-';
        return at + Digits(day, 2, target[at..]);
    }

    static int Timestamp(long micros, Span<byte> target)
    {
        var days = Math.DivRem(micros, MicrosPerDay).Quotient - (micros % MicrosPerDay < 0 ? 1 : 0);
        var ofDay = micros - (days * MicrosPerDay);
        var at = Date(days, target);
        target[at++] = (byte)'T';
        at += Digits(ofDay / 3_600_000_000, 2, target[at..]);
        target[at++] = (byte)':';
        at += Digits(ofDay / 60_000_000 % 60, 2, target[at..]);
        target[at++] = (byte)':';
        at += Digits(ofDay / 1_000_000 % 60, 2, target[at..]);
        if (ofDay % 1_000_000 is var fraction and not 0)
        {
            target[at++] = (byte)'.';
            var digits = 6;
            for (; fraction % 10 == 0; fraction /= 10)
            {
                digits--;
            }

            at += Digits(fraction, digits, target[at..]);
        }

        return at;
    }

    static int Digits(long value, int least, Span<byte> target) =>
        Utf8Formatter.TryFormat(value, target, out var length, new System.Buffers.StandardFormat('D', (byte)least)) ? length : throw new ArgumentException("Too short.", nameof(target));

    static int Copy(ReadOnlySpan<byte> text, Span<byte> target)
    {
        text.CopyTo(target);
        return text.Length;
    }
}
