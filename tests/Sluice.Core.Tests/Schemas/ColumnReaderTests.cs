using System.Text;
using Sluice.Batches;
using Sluice.Schemas;

namespace Sluice.Core.Tests.Schemas;

public sealed class ColumnReaderTests
{
    static readonly string[] samples =
    [
        "", "1", "-7", "9007199254740993", "0.5", "1e3", "true", "FALSE", "2020-01-31", "2020-01-31T10:00:00Z", "hello", "007", "6/12/1998", "25/12/1998", "Jun 12 1998", "x",
    ];

    [Theory]
    [InlineData("1 2 3", "Int64")]
    [InlineData("1 2.5 3", "Float64")]
    [InlineData("2.5 1", "Float64")]
    [InlineData("1 _ 3", "Int64?")]
    [InlineData("_ _", "Text?[empty]")]
    [InlineData("1 x", "Text[mixed]")]
    [InlineData("x 1", "Text[mixed]")]
    [InlineData("x y", "Text")]
    [InlineData("007 008", "Text")]
    [InlineData("1 007", "Text[mixed]")]
    [InlineData("true false", "Boolean")]
    [InlineData("true 1", "Text[mixed]")]
    [InlineData("2020-01-01 2020-01-02", "Date")]
    [InlineData("2020-01-01 2020-01-02T00:00", "Timestamp")]
    [InlineData("2020-01-02T00:00 2020-01-01", "Timestamp")]
    [InlineData("2020-01-01 6/12/1998", "Text[mixed]")]
    [InlineData("6/12/1998 6/13/1998", "Text[MM/DD/YYYY]")]
    [InlineData("6/12/1998 7/12/1998", "Text[MM/DD/YYYY|DD/MM/YYYY]")]
    [InlineData("6/12/1998 x", "Text")]
    [InlineData("9007199254740993 1", "Int64[beyond-double]")]
    [InlineData("9007199254740993 0.5", "Text[mixed]")]
    [InlineData("0.5 9007199254740993", "Text[mixed]")]
    [InlineData("1 0.5 9007199254740993", "Text[mixed]")]
    public void The_narrowest_type_that_holds_all_values_is_found(string values, string expected)
    {
        var (field, column) = Infer([.. values.Split(' ').Select(v => v == "_" ? "" : v)]);

        Assert.Equal(expected, Shown(field));
        Assert.Equal(field.Type, column.Type);
        Assert.Equal(field.Nullable, column.CountNulls() > 0);
    }

    [Fact]
    public void However_the_rows_are_cut_the_joined_type_is_the_same()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 5000; round++)
        {
            var few = Enumerable.Range(0, random.Next(1, 4)).Select(_ => samples[random.Next(samples.Length)]).ToArray();
            var values = Enumerable.Range(0, random.Next(1, 8)).Select(_ => few[random.Next(few.Length)]).ToArray();
            var at = random.Next(0, values.Length + 1);
            var (whole, column) = Infer(values);
            var parts = new[] { values[..at], values[at..] }.Where(p => p.Length > 0).Select(p => new Schema([Infer(p).Field])).ToList();

            var joined = Unify.Of(parts)[0];

            Assert.True(whole == joined, $"seed {seed}: {string.Join(' ', values)} cut at {at}: {Shown(whole)} and {Shown(joined)}");
            var again = ColumnReader.Read(joined, new Cells(values));
            Assert.Equal(Texts(column), Texts(again));
        }
    }

    [Fact]
    public void A_value_that_the_given_type_cannot_hold_is_named()
    {
        var failed = Assert.Throws<DataException>(() => ColumnReader.Read(new Field("age", ColumnType.Int64), new Cells(["1", "many"])));

        Assert.StartsWith("Column 'age' holds \"many\", which is no Int64.", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_is_kept_as_it_was_written()
    {
        var column = ColumnReader.Read(new Field("code", ColumnType.Text), new Cells(["007", "1.50", ""]));

        Assert.Equal(["007", "1.50", "∅"], Texts(column));
    }

    static (Field Field, Column Column) Infer(string[] values) => ColumnReader.Infer("c", new Cells(values));

    static string Shown(Field field) => $"{field.Type}{(field.Nullable ? "?" : "")}{(field.Format is null ? "" : $"[{field.Format}]")}";

    static List<string> Texts(Column column) => [.. Enumerable.Range(0, column.Rows).Select(r => column.IsNull(r) ? "∅" : column.Display(r))];

    readonly struct Cells(string[] values) : ICells
    {
        public int Rows => values.Length;

        public bool TryGet(int row, out ReadOnlySpan<byte> text)
        {
            text = Encoding.UTF8.GetBytes(values[row]);
            return text.Length > 0;
        }

        public ValueKinds Kinds(int row) => ValueKinds.Any;

        public bool TryFloat64(ReadOnlySpan<byte> text, out double value) => ValueParser.TryFloat64(text, out value);

        public TextFormats Formats(int row, ReadOnlySpan<byte> text) => ValueParser.DateFormatsOf(text);
    }
}
