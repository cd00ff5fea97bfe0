using System.Text;
using Sluice.Batches;
using Sluice.Connectors;

namespace Sluice.Core.Tests.Connectors;

public sealed class CsvSinkTests : SinkContract
{
    protected override string Extension => ".csv";

    protected override Sink Make(string filePath, bool overwrite = true, string? splitBy = null) =>
        new CsvSink(new CsvSink.Options { FilePath = filePath, Overwrite = overwrite, SplitBy = splitBy });

    [Fact]
    public async Task Quotes_only_what_must_be_quoted()
    {
        var batch = Texts("na\"me", "plain", "a,b", "say \"hi\"", "two\nlines", "cr\r", "", null, " padded ", "žluť");

        Assert.Equal(
            "\"na\"\"me\",n\nplain,0\n\"a,b\",1\n\"say \"\"hi\"\"\",2\n\"two\nlines\",3\n\"cr\r\",4\n\"\",5\n,6\n\" padded \",7\nžluť,8\n",
            await TextOf(Make("a.csv"), batch));
    }

    [Fact]
    public async Task A_missing_value_has_its_own_text()
    {
        var batch = Texts("x", "NA", null, "");

        Assert.Equal("x;n\n\"NA\";0\nNA;1\n\"\";2\n", await TextOf(new CsvSink(new() { FilePath = "a.csv", NullValue = "NA", Delimiter = ";" }), batch));
    }

    [Fact]
    public async Task A_missing_value_alone_on_its_line_stays_a_record()
    {
        var batch = new Batch(new Schema([new("x", ColumnType.Int64)]), [new ValueColumn<long>(ColumnType.Int64, [1, 0], [1])], 2);

        Assert.Equal("x\n1\n\"\"\n", await TextOf(Make("a.csv"), batch));
    }

    [Fact]
    public async Task Every_type_has_one_text()
    {
        var schema = new Schema([new("b", ColumnType.Boolean), new("i", ColumnType.Int64), new("f", ColumnType.Float64), new("d", ColumnType.Date), new("t", ColumnType.Timestamp)]);
        var batch = new Batch(
            schema,
            [
                new ValueColumn<bool>(ColumnType.Boolean, [true, false, true, false, true]),
                new ValueColumn<long>(ColumnType.Int64, [long.MinValue, -1, 0, 1, long.MaxValue]),
                new ValueColumn<double>(ColumnType.Float64, [1, -0.0, 0.1, 1e300, double.NaN]),
                new ValueColumn<int>(ColumnType.Date, [0, -1, 19_782, -719_528, 2_932_897]),
                new ValueColumn<long>(ColumnType.Timestamp, [0, -1, 1_700_000_000_120_000, -62_167_219_200_000_001, 253_402_300_800_000_000]),
            ],
            5);

        Assert.Equal(
            "b,i,f,d,t\n"
            + "true,-9223372036854775808,1.0,1970-01-01,1970-01-01T00:00:00\n"
            + "false,-1,-0.0,1969-12-31,1969-12-31T23:59:59.999999\n"
            + "true,0,0.1,2024-02-29,2023-11-14T22:13:20.12\n"
            + "false,1,1E+300,0000-01-01,-000001-12-31T23:59:59.999999\n"
            + "true,9223372036854775807,NaN,+010000-01-01,+010000-01-01T00:00:00\n",
            await TextOf(Make("a.csv"), batch));
    }

    [Fact]
    public void Dates_and_times_agree_with_the_runtime_over_its_whole_range()
    {
        const int Seed = 3;
        var random = new Random(Seed);
        var days = Enumerable.Range(0, 20_000).Select(_ => random.Next(-719_162, 2_932_897)).ToArray();
        var times = Enumerable.Range(0, 20_000).Select(_ => random.NextInt64(-62_135_596_800_000_000, 253_402_300_800_000_000)).ToArray();
        var dates = new ValueColumn<int>(ColumnType.Date, days);
        var stamps = new ValueColumn<long>(ColumnType.Timestamp, times);
        Span<byte> cell = stackalloc byte[CellText.MaxLength];
        for (var row = 0; row < days.Length; row++)
        {
            Assert.Equal(dates.Display(row), Encoding.ASCII.GetString(cell[..CellText.Format(dates, row, cell)]));
            Assert.Equal(stamps.Display(row), Encoding.ASCII.GetString(cell[..CellText.Format(stamps, row, cell)]));
        }
    }

    [Fact]
    public void The_ends_of_every_type_fit_a_cell()
    {
        Column[] ends =
        [
            new ValueColumn<int>(ColumnType.Date, [int.MinValue, int.MaxValue]),
            new ValueColumn<long>(ColumnType.Timestamp, [long.MinValue, long.MaxValue]),
            new ValueColumn<long>(ColumnType.Int64, [long.MinValue, long.MaxValue]),
            new ValueColumn<double>(ColumnType.Float64, [-double.MaxValue, -2.2250738585072014E-308]),
        ];
        string[] expected =
        [
            "-5877641-06-23", "+5881580-07-11", "-290308-12-21T19:59:05.224192", "+294247-01-10T04:00:54.775807", "-9223372036854775808", "9223372036854775807",
            "-1.7976931348623157E+308", "-2.2250738585072014E-308",
        ];
        var cell = new byte[CellText.MaxLength];

        Assert.Equal(expected, ends.SelectMany(column => new[] { 0, 1 }.Select(row => Encoding.ASCII.GetString(cell, 0, CellText.Format(column, row, cell)))));
    }

    [Fact]
    public async Task Formulas_are_text_when_asked_for()
    {
        var batch = Texts("=x", "=1+1", "+1", "-1", "@a", "\ttab", "1=1", "", "=\"a\"");

        Assert.Equal(
            "'=x,n\n'=1+1,0\n'+1,1\n'-1,2\n'@a,3\n'\ttab,4\n1=1,5\n\"\",6\n\"'=\"\"a\"\"\",7\n",
            await TextOf(new CsvSink(new() { FilePath = "a.csv", EscapeFormulas = true }), batch));
        Assert.StartsWith("=x,n\n=1+1,0\n", await TextOf(Make("b.csv"), batch));
    }

    [Fact]
    public async Task The_header_can_be_left_out() =>
        Assert.Equal("a,0\n", await TextOf(new CsvSink(new() { FilePath = "a.csv", Header = false }), Texts("x", "a")));

    [Fact]
    public async Task Numbers_that_hold_the_delimiter_are_quoted() =>
        Assert.Equal(
            "x\n\"1.5\"\n",
            await TextOf(new CsvSink(new() { FilePath = "a.csv", Delimiter = "." }), new Batch(new Schema([new("x", ColumnType.Float64)]), [new ValueColumn<double>(ColumnType.Float64, [1.5])], 1)));

    [Theory]
    [InlineData("\"", "", "The delimiter '\"' cannot be used. Expected one ASCII character")]
    [InlineData(";;", "", "The delimiter ';;' cannot be used. Expected one ASCII character")]
    [InlineData("", "", "The delimiter '' cannot be used. Expected one ASCII character")]
    [InlineData(",", "a,b", "The null_value 'a,b' cannot be used: it is written without quotes.")]
    public async Task Options_that_would_make_a_broken_file_are_refused(string delimiter, string nullValue, string expected)
    {
        var refused = await Assert.ThrowsAsync<SinkException>(
            () => TextOf(new CsvSink(new() { FilePath = "a.csv", Delimiter = delimiter, NullValue = nullValue }), Texts("x", "a")));

        Assert.StartsWith(expected, refused.Message);
        Assert.Empty(Folder.Names());
    }

    static Batch Texts(string name, params string?[] values) =>
        new(
            new Schema([new(name, ColumnType.Text), new("n", ColumnType.Int64)]),
            [TextColumn.Of(values), new ValueColumn<long>(ColumnType.Int64, [.. Enumerable.Range(0, values.Length)])],
            values.Length);
}
