using System.Text;
using Sluice.Connectors;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Connectors;

/// <summary>What is found out about a CSV file that nobody described.</summary>
public sealed class CsvLayoutTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("id,text\n1,'a, b'\n2,'c'\n", "1|a, b 2|c")]
    [InlineData("id,text\n1,'tis\n2,it's\n", "1|'tis 2|it's")]
    [InlineData("id,text\n1,\"5\\\" pipe\"\n2,\"x, y\"\n", "1|5\" pipe 2|x, y")]
    [InlineData("id,path\n1,C:\\new\n2,\"D:\\\\x\"\n", "1|C:\\new 2|D:\\\\x")]
    [InlineData("id, text, n\n1, \"a, b\", 3\n2, \"c\", 4\n", "1|a, b|3 2|c|4")]
    [InlineData("a;b\n\"1\";\"x\"\n\"2\";NA\n", "1|x 2|NA")]
    public async Task Quotes_escapes_and_blanks_are_found_out(string text, string expected) => Assert.Equal(expected, string.Join(' ', (await Read(text)).Rows));

    [Theory]
    [InlineData("A table, made today, by me\n\nid,name\n1,x\n2,y\n", "1:preamble", "id name")]
    [InlineData("Made by x\nid,name\n1,x\n2,y\n", "1:preamble", "id name")]
    [InlineData("Report,,\n,,\nid,name,n\n1,x,2\n2,y,3\n", "1:preamble 2:preamble", "id name n")]
    [InlineData("Report, of 2020\nid,name,n\n1,x,2\n2,y,3\n", "1:preamble", "id name n")]
    [InlineData("New data set,Sample 022\ncm-1,%T\n1,2\n2,3\n3,4\n4,5\n5,6\n6,7\n", "1:preamble", "cm-1 %T")]
    [InlineData("id,name\nN/A,N/A\n1,2\n3,4\n5,6\n7,8\n9,10\n", "", "id name")]
    [InlineData("name,note,x\nann,,\nbob,,\ncy,says,y\n", "", "name note x")]
    [InlineData("id,,name\n1,x\n2,y\n", "", "id name")]
    public async Task Titles_above_the_header_are_told_from_it(string text, string rejected, string columns)
    {
        foreach (var target in new[] { 1, 1 << 20 })
        {
            var found = await Read(text, target);

            Assert.Equal(rejected, string.Join(' ', found.Reasons));
            Assert.Equal(columns, string.Join(' ', found.Schema.Select(f => f.Name)));
        }
    }

    [Theory]
    [InlineData("Date,Travel,,Total\n,Air,Rail,\n2020-01-01,1,2,3\n2020-01-02,4,5,9\n", "Date,Travel Air,Travel Rail,Total")]
    [InlineData("Date,Travel,,Total\n,,,\n,Air,Rail,\n2020-01-01,1,2,3\n2020-01-02,4,5,9\n", "Date,Travel Air,Travel Rail,Total")]
    [InlineData("Cost per day,,,\nDate,Travel,,Total\n,Air,Rail,\n2020-01-01,1,2,3\n2020-01-02,4,5,9\n", "Date,Travel Air,Travel Rail,Total")]
    public async Task Groups_over_names_are_joined_with_them(string text, string columns)
    {
        var found = await Read(text);

        Assert.Equal(columns, string.Join(',', found.Schema.Select(f => f.Name)));
        Assert.Equal(["2020-01-01|1|2|3", "2020-01-02|4|5|9"], found.Rows);
    }

    [Fact]
    public async Task What_is_stated_is_not_found_out()
    {
        const string Text = "Made by x\n'id','name'\n1,x\n2,y\n";
        folder.Put("a.csv", Text);

        var found = await new CsvSource(new CsvSource.Options { FilePath = "a.csv", Header = "true", Quote = "\"", Delimiter = "," }).ReadAllAsync(folder.Inputs());
        var skipped = await new CsvSource(new CsvSource.Options { FilePath = "a.csv", SkipRows = 1 }).DetectAsync(folder.Inputs(), default);

        Assert.Equal(["column_1", "Made by x"], found.Schema.Select(f => f.Name));
        Assert.Equal("'id'|'name'", found.Row(0));
        Assert.Equal((1, 1, '\''), (skipped.SkippedLines, skipped.HeaderRecords, skipped.Quote));
    }

    [Fact]
    public async Task Files_put_one_after_another_are_one_table()
    {
        var found = await Read("id,name\n1,x\n2,y\nid,name\n3,z\n");

        Assert.Equal(["1|x", "2|y", "3|z"], found.Rows);
        Assert.Equal(["4:repeated_header"], found.Reasons);
        Assert.Equal("id:Int64 name:Text", found.Types);
    }

    [Fact]
    public async Task The_layout_says_how_the_file_is_written()
    {
        folder.Put("a.csv", Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("Title\r\nid;x;x\r\n1;'a;b';2\r\n2;'c';3\r\n")).ToArray());

        var found = await new CsvSource(new CsvSource.Options { FilePath = "a.csv" }).DetectAsync(folder.Inputs(), default);

        Assert.Equal("utf-16le crlf ; ' 1 1", $"{found.Encoding} {found.LineEnd} {found.Delimiter} {found.Quote} {found.SkippedLines} {found.HeaderRecords}");
        Assert.Equal("id x x → id x x_2", $"{string.Join(' ', found.Header)} → {string.Join(' ', found.Columns)}");
    }

    [Fact]
    public async Task Empty_files_of_a_folder_are_passed_over()
    {
        folder.Put("in/a.csv", "");
        folder.Put("in/b.csv", "id,name\n1,x\n");

        Assert.Equal(["1|x"], (await new CsvSource(new CsvSource.Options { FilePath = "in" }).ReadAllAsync(folder.Inputs())).Rows);
    }

    Task<Everything> Read(string text, int target = 1 << 20)
    {
        folder.Put("a.csv", text);
        return new CsvSource(new CsvSource.Options { FilePath = "a.csv" }).ReadAllAsync(folder.Inputs(), SourceReading.Cut(target));
    }
}
