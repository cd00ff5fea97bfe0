using System.Globalization;
using System.Text;
using Sluice.Connectors;

namespace Sluice.Core.Tests.Connectors;

public sealed class CsvSourceTests : SourceContract
{
    protected override string FileName => "table.csv";

    protected override Source Make(string path) => new CsvSource(new CsvSource.Options { FilePath = path });

    protected override string Content(IEnumerable<int> records) =>
        "id,name,price,maybe,day,mixed,note\r\n" + string.Concat(records.Select(Record));

    static string Record(int i)
    {
        var day = new DateOnly(2020, 1, 1).AddDays(i % 900).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var mixed = i == 2900 ? "n/a" : (i * 3).ToString(CultureInfo.InvariantCulture);
        var note = i % 7 == 0 ? $"\"said \"\"{i}\"\",\r\nthen left\"" : $"naïve {i}";
        var ragged = i % 500 == 499 ? ",extra" : "";
        return $"{i},\"Name, {i % 50}\",{(i % 10 == 0 ? i : i / 8.0)},{(i % 3 == 0 ? "" : "x")},{day},{mixed},{note}{ragged}\r\n";
    }

    [Fact]
    public async Task Types_nulls_quotes_and_rejected_records_are_as_they_should_be()
    {
        Folder.Put(FileName, Content(Enumerable.Range(0, 3000)));

        var found = await Make(FileName).ReadAllAsync(Folder.Inputs(), SourceReading.Cut(4096));

        Assert.Equal("id:Int64 name:Text price:Float64 maybe:Text? day:Date mixed:Text[mixed] note:Text", found.Types);
        Assert.Equal("7|Name, 7|0.875|x|2020-01-08|21|said \"7\",\r\nthen left", found.Row(7));
        Assert.Equal("0|Name, 0|0|∅|2020-01-01|0|said \"0\",\r\nthen left", found.Row(0));
        Assert.Equal(6, found.Rejected.Count);
        Assert.All(found.Rejected, r => Assert.Equal("too_many_fields", r.Reason));
        Assert.StartsWith("499,", found.Rejected[0].Found, StringComparison.Ordinal);

        // 499 records before it, 72 of them on two lines, and the header.
        Assert.Equal(1 + 499 + 72 + 1, found.Rejected[0].Line);
    }

    [Theory]
    [InlineData("a,b\n1,2\n3,4\n", "1|2 3|4")]
    [InlineData("a;b\n1;2\n3;4", "1|2 3|4")]
    [InlineData("a\tb\r\n1\t2\r\n3\t4\r\n", "1|2 3|4")]
    [InlineData("a|b\r1|2\r3|4\r", "1|2 3|4")]
    [InlineData("a,b\n\n1,2\n\n\n3,4\n\n", "1|2 3|4")]
    [InlineData("a,b\n\"1\",\"2\"\n3,\"\"\n", "1|2 3|∅")]
    [InlineData("a,b\n1,\"x\"\"y\"\n3,5\" pipe\n", "1|x\"y 3|5\"_pipe")]
    [InlineData("a,b\n1,\"x\"y\n3,\"\"\"\"\n", "1|xy 3|\"")]
    [InlineData("\uFEFFa,b\n1,2\n", "1|2")]
    [InlineData("a;b\n1,5;x\n2,5;y\n", "1,5|x 2,5|y")]
    public async Task Delimiters_line_ends_and_quotes_are_understood(string text, string expected)
    {
        Folder.Put("a.csv", text);

        var found = await Make("a.csv").ReadAllAsync(Folder.Inputs());

        Assert.Equal("a b", string.Join(' ', found.Schema.Select(f => f.Name)));
        Assert.Equal(expected, string.Join(' ', found.Rows.Select(r => r.Replace(' ', '_'))));
        Assert.Empty(found.Rejected);
    }

    [Theory]
    [InlineData("12:30\n12:45\n13:05\n", "column_1", 0)]
    [InlineData("said\nHello, world\nOne two three\nNo, no, no, no\nWell\nSo it goes\n", "said", 0)]
    [InlineData("time,value\n2014-07-01 00:00:00,10844\n2014-07-01 00:30:00,8127\n", "time value", 0)]
    [InlineData("a b c\n1 2 3\n4 5 6\n", "a b c", 0)]
    [InlineData("a^b\n1^2\n", "a b", 0)]
    [InlineData("name;note\nx;one, two\ny;three, four\n", "name note", 0)]
    [InlineData("'a','b'\n'x, y','z'\n'p','q, r'\n", "a b", 0)]
    [InlineData("id,name,age\n1101,John\n1102,Julie,26,Potatoes\n", "id name age", 2)]
    public async Task The_delimiter_is_the_one_that_makes_sense_of_the_rows(string text, string expected, int rejected)
    {
        Folder.Put("a.csv", text);

        var found = await new CsvSource(new CsvSource.Options { FilePath = "a.csv", Quote = "auto" }).ReadAllAsync(Folder.Inputs());

        Assert.Equal(expected, string.Join(' ', found.Schema.Select(f => f.Name)));
        Assert.Equal(rejected, found.Rejected.Count);
    }

    [Theory]
    [InlineData("iso-8859-7", "Ελλάδα")]
    [InlineData("koi8-r", "Привет")]
    [InlineData("cp1252", "€ naïve")]
    [InlineData("utf-16le", "日本 🎈")]
    public async Task A_stated_encoding_is_used(string name, string text)
    {
        var encoding = name == "utf-16le" ? Encoding.Unicode : CodePagesEncodingProvider.Instance.GetEncoding(name == "cp1252" ? "windows-1252" : name)!;
        Folder.Put("a.csv", encoding.GetBytes($"name,n\n{text},1\n"));

        var found = await new CsvSource(new CsvSource.Options { FilePath = "a.csv", Encoding = name }).ReadAllAsync(Folder.Inputs());

        Assert.Equal([$"{text}|1"], found.Rows);
    }

    [Fact]
    public async Task Broken_UTF_16_rejects_its_record()
    {
        var text = Encoding.Unicode.GetBytes("a,b\nx,1\ny,2\nz,3\n");
        (text[16], text[17]) = (0x00, 0xD8);
        Folder.Put("a.csv", [0xFF, 0xFE, .. text]);

        var found = await Make("a.csv").ReadAllAsync(Folder.Inputs(), SourceReading.Cut(1));

        Assert.Equal(["x|1", "z|3"], found.Rows.Where(r => r[0] is 'x' or 'z'));
        Assert.Equal(["3:invalid_utf16"], found.Reasons);
    }

    [Theory]
    [InlineData("id,name\n1,x\n2,y\n", "id name")]
    [InlineData("1,x\n2,y\n", "column_1 column_2")]
    [InlineData("name,name,,name_2\na,b,1,c\n", "name name_3 column_3 name_2")]
    [InlineData("country,1990,1991,1992\nFrance,1,2,3\n", "country 1990 1991 1992")]
    [InlineData("red,yes\nblue,no\nred,no\ngreen,yes\n", "column_1 column_2")]
    [InlineData("first,second\nblue,no\nred,no\n", "first second")]
    [InlineData("a,b\nx,1,2\ny,3,4\n", "column_1 a b")]
    [InlineData("a,b\n1,2,\n3,4,\n", "a b column_3")]
    [InlineData(" id , name \n1,x\n", "id name")]
    public async Task Names_are_found_made_up_and_made_unique(string text, string expected)
    {
        Folder.Put("a.csv", text);

        var found = await Make("a.csv").ReadAllAsync(Folder.Inputs());

        Assert.Equal(expected, string.Join(' ', found.Schema.Select(f => f.Name)));
        Assert.Empty(found.Rejected);
    }

    [Fact]
    public async Task Options_state_what_the_file_does_not_show()
    {
        Folder.Put("a.txt", "made by x, \"y\n# remark, \"open\nk# v\n'1#'#NA\n#gone\n 2 # \\# \n");
        var options = new CsvSource.Options
        {
            FilePath = "a.txt",
            Delimiter = "#",
            Quote = "'",
            Escape = "\\",
            Header = "false",
            SkipRows = 3,
            NullValues = ["NA"],
            Trim = true,
        };

        var found = await new CsvSource(options).ReadAllAsync(Folder.Inputs());

        Assert.Equal("column_1:Text?[mixed] column_2:Text?", found.Types);
        Assert.Equal(["1#|∅", "∅|gone", "2|#"], found.Rows);
    }

    [Fact]
    public async Task Comments_are_left_out_whatever_quotes_they_hold()
    {
        Folder.Put("a.csv", "# said \"x\na,b\n1,2\n#\"\n3,4\n# end");

        var found = await new CsvSource(new CsvSource.Options { FilePath = "a.csv", Comment = "#" }).ReadAllAsync(Folder.Inputs());

        Assert.Equal(["1|2", "3|4"], found.Rows);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_make_the_file_windows_1252_from_the_first_on()
    {
        var text = "name,n\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"plain,{i}\n")) + "M\u00fcller \u20ac,7\nna\u00efve,8\n";
        var latin = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
        Folder.Put("a.csv", latin.GetBytes(text));

        foreach (var target in new[] { 512, 1 << 20 })
        {
            var found = await Make("a.csv").ReadAllAsync(Folder.Inputs(), SourceReading.Cut(target));

            Assert.Equal("Müller €|7", found.Row(500));
            Assert.Equal("naïve|8", found.Row(501));
            Assert.Contains("windows-1252", found.Shards[^1].Detail, StringComparison.Ordinal);
            Assert.Empty(found.Rejected);
        }
    }

    [Fact]
    public async Task A_few_broken_bytes_in_UTF_8_reject_their_records()
    {
        byte[] text = [.. "a,b\né,1\né,2\n"u8, 0xFF, .. ",3\nok,4\nz"u8, 0, .. ",5\n"u8];
        Folder.Put("a.csv", [.. text.Where(b => b != 0)]);
        var options = new CsvSource.Options { FilePath = "a.csv", Encoding = "utf-8" };

        var found = await new CsvSource(options).ReadAllAsync(Folder.Inputs());

        Assert.Equal(["é|1", "é|2", "ok|4", "z|5"], found.Rows);
        Assert.Equal(["4:invalid_utf8"], found.Reasons);
    }

    [Fact]
    public async Task Too_few_fields_reject_and_with_fail_stop_the_run()
    {
        Folder.Put("a.csv", "a,b\n1,2\n3\n4,5\n");

        var found = await Make("a.csv").ReadAllAsync(Folder.Inputs());
        var failed = await Assert.ThrowsAsync<SourceException>(() =>
            new CsvSource(new CsvSource.Options { FilePath = "a.csv", OnBadRow = BadRow.Fail }).ReadAllAsync(Folder.Inputs()));

        Assert.Equal(["3:too_few_fields"], found.Reasons);
        Assert.Equal(["1|2", "4|5"], found.Rows);
        Assert.Equal(
            "The file \"a.csv\" has a record on line 3 that cannot be read (too_few_fields): found \"3\". Expected 2 field(s) divided by ','. "
            + "Correct the line, or set on_bad_row: reject to go on without it.",
            failed.Message);
    }

    [Fact]
    public async Task A_quote_that_never_ends_is_refused_with_its_line()
    {
        Folder.Put("a.csv", "a,b\n1,2\n3,\"open\n4,5\n6,7\n");

        var failed = await Assert.ThrowsAsync<SourceException>(() => Make("a.csv").ListAsync(Folder.Inputs()));

        Assert.StartsWith("The file \"a.csv\" has a quote \" that opens a field on line 3 and is never closed: the 3 line(s)", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_quote_that_the_last_line_leaves_open_rejects_that_record()
    {
        Folder.Put("a.csv", "a,b\n1,2\n3,\"open");

        var found = await Make("a.csv").ReadAllAsync(Folder.Inputs());

        Assert.Equal(["3:unclosed_quote"], found.Reasons);
    }

    [Fact]
    public async Task A_record_longer_than_the_limit_is_refused()
    {
        Folder.Put("a.csv", "a,b\n1,2\n" + new string('x', 10 << 20) + ",3\n");

        var failed = await Assert.ThrowsAsync<SourceException>(() => Make("a.csv").ListAsync(Folder.Inputs()));

        Assert.StartsWith("The file \"a.csv\" has a record on line 3 that is longer than 8,388,608 bytes, the limit.", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_line_without_end_is_refused()
    {
        Folder.Put("a.csv", new string('x', 20 << 20));

        var failed = await Assert.ThrowsAsync<SourceException>(() => Make("a.csv").ListAsync(Folder.Inputs()));

        Assert.Contains("has no line end in its first", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_million_columns_are_refused()
    {
        Folder.Put("a.csv", string.Join(',', Enumerable.Range(0, 1_000_000)) + "\n1,2\n");

        var failed = await Assert.ThrowsAsync<SourceException>(() => Make("a.csv").ListAsync(Folder.Inputs()));

        Assert.StartsWith("The file \"a.csv\" has 1,000,000 columns (delimiter ','); a table may have 10,000.", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PK\u0003\u0004aaaa", "a ZIP or Excel file")]
    [InlineData("PAR1aaaa", "a Parquet file")]
    [InlineData("a,b\n1,\u00002\n", "a zero byte at position 6")]
    public async Task A_binary_file_is_refused(string content, string expected)
    {
        Folder.Put("a.csv", content);

        var failed = await Assert.ThrowsAsync<SourceException>(() => Make("a.csv").ListAsync(Folder.Inputs()));

        Assert.StartsWith($"The file \"a.csv\" is not CSV: found {expected}", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_record_that_is_neither_title_nor_header_is_refused_with_what_to_do()
    {
        Folder.Put("a.csv", "id,name,age\n\nr,x\nq,y\n");

        var failed = await Assert.ThrowsAsync<SourceException>(() => Make("a.csv").ListAsync(Folder.Inputs()));
        var skipped = await new CsvSource(new CsvSource.Options { FilePath = "a.csv", SkipRows = 2, Header = "false" }).ReadAllAsync(Folder.Inputs());

        Assert.StartsWith("The file \"a.csv\" has 3 field(s) in its first record, as no other record has; most have 2", failed.Message, StringComparison.Ordinal);
        Assert.Contains("set skip_rows: 2;", failed.Message, StringComparison.Ordinal);
        Assert.Equal(["r|x", "q|y"], skipped.Rows);
    }

    [Fact]
    public async Task A_header_alone_gives_columns_without_rows()
    {
        Folder.Put("a.csv", "id,name\n");

        var found = await Make("a.csv").ReadAllAsync(Folder.Inputs());

        Assert.Equal("id:Text[empty] name:Text[empty]", found.Types);
        Assert.Equal(0, found.Batch.Rows);
    }

    [Fact]
    public async Task Files_of_a_folder_may_have_other_columns_and_the_file_may_be_a_column()
    {
        Folder.Put("in/a.csv", "id,name\n1,x\n2\n");
        Folder.Put("in/b.csv", "name;extra;id\ny;true;2.5\n");

        var found = await new CsvSource(new CsvSource.Options { FilePath = "in", SourceColumn = "file" }).ReadAllAsync(Folder.Inputs());

        Assert.Single(found.Shards);
        Assert.Equal("id:Float64 name:Text file:Text extra:Boolean?", found.Types);
        Assert.Equal(["1|x|in/a.csv|∅", "2.5|y|in/b.csv|true"], found.Rows);
        Assert.Equal(("in/a.csv", 3L), (found.Rejected[0].File, found.Rejected[0].Line));
    }

    [Fact]
    public async Task A_folder_without_files_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(Folder.Path, "none"));

        var failed = await Assert.ThrowsAsync<SourceException>(() => Make("none").ListAsync(Folder.Inputs()));

        Assert.Contains("\"none\" has no files in it", failed.Message, StringComparison.Ordinal);
    }
}
