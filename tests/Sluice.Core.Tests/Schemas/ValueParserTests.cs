using System.Globalization;
using System.Text;
using Sluice.Batches;
using Sluice.Schemas;

namespace Sluice.Core.Tests.Schemas;

public sealed class ValueParserTests
{
    [Theory]
    [InlineData("0", ColumnType.Int64)]
    [InlineData("-1", ColumnType.Int64)]
    [InlineData("9223372036854775807", ColumnType.Int64)]
    [InlineData("-9223372036854775808", ColumnType.Int64)]
    [InlineData("9223372036854775808", ColumnType.Text)]
    [InlineData("-9223372036854775809", ColumnType.Text)]
    [InlineData("99999999999999999999", ColumnType.Text)]
    [InlineData("007", ColumnType.Text)]
    [InlineData("00", ColumnType.Text)]
    [InlineData("+5", ColumnType.Text)]
    [InlineData("1,000", ColumnType.Text)]
    [InlineData("-", ColumnType.Text)]
    [InlineData("--1", ColumnType.Text)]
    [InlineData(" 1", ColumnType.Text)]
    [InlineData("1 ", ColumnType.Text)]
    [InlineData("0x10", ColumnType.Text)]
    [InlineData("-0", ColumnType.Float64)]
    [InlineData("0.5", ColumnType.Float64)]
    [InlineData("-0.5", ColumnType.Float64)]
    [InlineData(".5", ColumnType.Float64)]
    [InlineData("5.", ColumnType.Text)]
    [InlineData(".", ColumnType.Text)]
    [InlineData("-.", ColumnType.Text)]
    [InlineData("00.5", ColumnType.Text)]
    [InlineData("1e5", ColumnType.Float64)]
    [InlineData("1E-5", ColumnType.Float64)]
    [InlineData("1.5e+10", ColumnType.Float64)]
    [InlineData("1e", ColumnType.Text)]
    [InlineData("e5", ColumnType.Text)]
    [InlineData("1e400", ColumnType.Text)]
    [InlineData("1e-400", ColumnType.Text)]
    [InlineData("0e-400", ColumnType.Float64)]
    [InlineData("0.12345678901234567", ColumnType.Float64)]
    [InlineData("0.123456789012345678", ColumnType.Text)]
    [InlineData("1.10000000000000000000", ColumnType.Float64)]
    [InlineData("1.2.3", ColumnType.Text)]
    [InlineData("NaN", ColumnType.Text)]
    [InlineData("Infinity", ColumnType.Text)]
    [InlineData("true", ColumnType.Boolean)]
    [InlineData("True", ColumnType.Boolean)]
    [InlineData("FALSE", ColumnType.Boolean)]
    [InlineData("tRue", ColumnType.Text)]
    [InlineData("yes", ColumnType.Text)]
    [InlineData("t", ColumnType.Text)]
    [InlineData("2020-02-29", ColumnType.Date)]
    [InlineData("2021-02-29", ColumnType.Text)]
    [InlineData("1900-02-29", ColumnType.Text)]
    [InlineData("2020-13-01", ColumnType.Text)]
    [InlineData("2020-1-1", ColumnType.Text)]
    [InlineData("0000-01-01", ColumnType.Text)]
    [InlineData("9999-12-31", ColumnType.Date)]
    [InlineData("2020-01-01T00:00", ColumnType.Timestamp)]
    [InlineData("2020-01-01 23:59:59", ColumnType.Timestamp)]
    [InlineData("2020-01-01T23:59:59.123456Z", ColumnType.Timestamp)]
    [InlineData("2020-01-01T23:59:59.1234560", ColumnType.Timestamp)]
    [InlineData("2020-01-01T23:59:59.1234567", ColumnType.Text)]
    [InlineData("2020-01-01T23:59:59.", ColumnType.Text)]
    [InlineData("2020-01-01T24:00:00", ColumnType.Text)]
    [InlineData("2020-01-01T23:59:60", ColumnType.Text)]
    [InlineData("2020-01-01T23:59:59+01:00", ColumnType.Timestamp)]
    [InlineData("2020-01-01T23:59:59-0130", ColumnType.Timestamp)]
    [InlineData("2020-01-01T23:59:59+1", ColumnType.Text)]
    [InlineData("", ColumnType.Text)]
    [InlineData("hello", ColumnType.Text)]
    public void The_narrowest_type_holds_the_value(string text, ColumnType expected) => Assert.Equal(expected, ValueParser.TypeOf(Utf8(text)));

    [Fact]
    public void Floats_are_those_of_the_framework()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var i = 0; i < 100_000; i++)
        {
            var value = i % 2 == 0 ? BitConverter.Int64BitsToDouble(random.NextInt64()) : Math.Round(random.NextDouble() * Math.Pow(10, random.Next(-3, 10)), random.Next(0, 8));
            var text = value.ToString("R", CultureInfo.InvariantCulture);
            if (!double.IsFinite(value) || !text.AsSpan().ContainsAny('.', 'E'))
            {
                continue;
            }

            Assert.True(ValueParser.TryFloat64(Utf8(text), out var parsed), $"seed {seed}: {text}");
            Assert.True(parsed.Equals(value), $"seed {seed}: {text} became {parsed:R}");
        }
    }

    [Fact]
    public void Dates_are_those_of_the_framework()
    {
        var epoch = new DateOnly(1970, 1, 1).DayNumber;
        for (var day = 0; day <= DateOnly.MaxValue.DayNumber; day += 7)
        {
            var text = DateOnly.FromDayNumber(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

            Assert.True(ValueParser.TryDate(Utf8(text), out var days), text);
            Assert.Equal(day - epoch, days);
        }
    }

    [Theory]
    [InlineData("2020-01-01T00:00:00", "2020-01-01T00:00:00")]
    [InlineData("2020-01-01 12:34:56.5", "2020-01-01T12:34:56.5")]
    [InlineData("2020-01-01T00:00:00+02:00", "2019-12-31T22:00:00")]
    [InlineData("2020-01-01T00:00:00-0130", "2020-01-01T01:30:00")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00")]
    public void Timestamps_are_UTC(string text, string expected)
    {
        Assert.True(ValueParser.TryTimestamp(Utf8(text), out var micros));
        Assert.Equal(expected, Timestamps.Format(micros));
    }

    [Theory]
    [InlineData("6/12/1998", "MM/DD/YYYY|DD/MM/YYYY")]
    [InlineData("6/13/1998", "MM/DD/YYYY")]
    [InlineData("13/6/1998", "DD/MM/YYYY")]
    [InlineData("13/13/1998", null)]
    [InlineData("6/13/98", "MM/DD/YY")]
    [InlineData("1998/06/12", "YYYY/MM/DD")]
    [InlineData("1998.06.12", "YYYY.MM.DD")]
    [InlineData("12.06.1998", "DD.MM.YYYY")]
    [InlineData("12.06.98", "DD.MM.YY")]
    [InlineData("06-13-1998", "MM-DD-YYYY")]
    [InlineData("13-06-1998", "DD-MM-YYYY")]
    [InlineData("Jun 12 1998", "MMM DD YYYY")]
    [InlineData("Jun 12, 1998", "MMM DD, YYYY")]
    [InlineData("June 12, 1998", "MMMM DD, YYYY")]
    [InlineData("May 12 1998", "MMM DD YYYY|MMMM DD YYYY")]
    [InlineData("12 Jun 1998", "DD MMM YYYY")]
    [InlineData("12 September 1998", "DD MMMM YYYY")]
    [InlineData("12-JUN-98", "DD-MMM-YY")]
    [InlineData("12-Jun-1998", "DD-MMM-YYYY")]
    [InlineData("Jun 31 1998", null)]
    [InlineData("Jux 12 1998", null)]
    [InlineData("1998-06-12", null)]
    [InlineData("1.2.3", null)]
    [InlineData("hello world", null)]
    [InlineData("10/2", null)]
    public void Other_dates_are_recognised_by_their_format(string text, string? expected) =>
        Assert.Equal(expected, TextFormatNames.Of(ValueParser.DateFormatsOf(Utf8(text))));

    [Theory]
    [InlineData("6/12/1998", DateOrder.MonthFirst, "1998-06-12")]
    [InlineData("6/12/1998", DateOrder.DayFirst, "1998-12-06")]
    [InlineData("6/13/1998", DateOrder.DayFirst, "1998-06-13")]
    [InlineData("13/6/1998", DateOrder.MonthFirst, "1998-06-13")]
    [InlineData("12.06.1998", DateOrder.MonthFirst, "1998-06-12")]
    [InlineData("06.13.1998", DateOrder.MonthFirst, null)]
    [InlineData("1998/06/12", DateOrder.MonthFirst, "1998-06-12")]
    [InlineData(" Jun 12 1998 ", DateOrder.MonthFirst, "1998-06-12")]
    [InlineData("june 12, 1998", DateOrder.MonthFirst, "1998-06-12")]
    [InlineData("12-Jun-98", DateOrder.MonthFirst, "1998-06-12")]
    [InlineData("12-Jun-68", DateOrder.MonthFirst, "2068-06-12")]
    [InlineData("12-Jun-69", DateOrder.MonthFirst, "1969-06-12")]
    [InlineData("1998-06-12", DateOrder.DayFirst, "1998-06-12")]
    [InlineData("12/1998", DateOrder.MonthFirst, null)]
    [InlineData("soon", DateOrder.MonthFirst, null)]
    public void Written_dates_are_read_by_the_stated_rule(string text, DateOrder order, string? expected)
    {
        var read = ValueParser.TryDateLenient(Utf8(text), order, out var days);

        Assert.Equal(expected, read ? new DateOnly(1970, 1, 1).AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null);
    }

    [Theory]
    [InlineData("6/12/1998 3:04 PM", "1998-06-12T15:04:00")]
    [InlineData("6/12/1998 12:04:05 am", "1998-06-12T00:04:05")]
    [InlineData("12.06.1998 15:04", "1998-06-12T15:04:00")]
    [InlineData("Jun 12, 1998 15:04:05.25", "1998-06-12T15:04:05.25")]
    [InlineData("1998/06/12 15:04:05+01:00", "1998-06-12T14:04:05")]
    [InlineData("1998-06-12", "1998-06-12T00:00:00")]
    [InlineData("6/12/1998 13:04 PM", null)]
    [InlineData("noon", null)]
    public void Written_times_are_read(string text, string? expected)
    {
        var read = ValueParser.TryTimestampLenient(Utf8(text), DateOrder.MonthFirst, out var micros);

        Assert.Equal(expected, read ? Timestamps.Format(micros) : null);
    }

    [Theory]
    [InlineData(" +1,234,567 ", 1234567.0)]
    [InlineData("-1,234.50", -1234.5)]
    [InlineData("007", 7.0)]
    [InlineData("5.", 5.0)]
    [InlineData("0.50", 0.5)]
    [InlineData("00.5", 0.5)]
    [InlineData("1e3", 1000.0)]
    [InlineData("1,23", null)]
    [InlineData("1234,567", null)]
    [InlineData("1,234,56", null)]
    [InlineData("1,,234", null)]
    [InlineData(",123", null)]
    [InlineData("", null)]
    [InlineData("-", null)]
    [InlineData("+", null)]
    [InlineData(".", null)]
    [InlineData("12a", null)]
    [InlineData("+-5", null)]
    public void Numbers_as_people_write_them_are_read(string text, double? expected)
    {
        var read = ValueParser.TryFloat64Lenient(Utf8(text), (byte)',', out var value);

        Assert.Equal(expected, read ? value : null);
    }

    [Theory]
    [InlineData(" +1,234 ", 1234L)]
    [InlineData("-007", -7L)]
    [InlineData("-0", 0L)]
    [InlineData("1.0", null)]
    [InlineData("1,2", null)]
    public void Integers_as_people_write_them_are_read(string text, long? expected) =>
        Assert.Equal(expected, ValueParser.TryInt64Lenient(Utf8(text), (byte)',', out var value) ? value : null);

    [Theory]
    [InlineData(" Yes ", true)]
    [InlineData("Y", true)]
    [InlineData("on", true)]
    [InlineData("1", true)]
    [InlineData("TRUE", true)]
    [InlineData("no", false)]
    [InlineData("F", false)]
    [InlineData("0", false)]
    [InlineData("2", null)]
    [InlineData("maybe", null)]
    [InlineData("", null)]
    public void Truths_as_people_write_them_are_read(string text, bool? expected) =>
        Assert.Equal(expected, ValueParser.TryBooleanLenient(Utf8(text), out var value) ? value : null);

    static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
