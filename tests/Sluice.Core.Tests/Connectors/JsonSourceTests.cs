using System.Globalization;
using Sluice.Connectors;

namespace Sluice.Core.Tests.Connectors;

public sealed class JsonLinesTests : SourceContract
{
    protected override string FileName => "rows.jsonl";

    protected override Source Make(string path) => new JsonSource(new JsonSource.Options { FilePath = path });

    protected override string Content(IEnumerable<int> records) => string.Concat(records.Select(i => (i % 400 == 399 ? $"{{\"id\": {i}, bad}}" : JsonRecords.Of(i)) + (i % 2 == 0 ? "\n" : "\r\n\r\n")));

    [Fact]
    public async Task A_bad_line_is_rejected_with_its_line_and_column()
    {
        Folder.Put("a.jsonl", "{\"a\": 1}\n\n{\"a\": 2,}\n  {\"a\": 3} x\n{\"a\": 4, \"b\": {\"c\": [1, tru]}}\n{\"a\": 5}");

        var found = await Make("a.jsonl").ReadAllAsync(Folder.Inputs());

        Assert.Equal("a:Int64", found.Types);
        Assert.Equal(["1", "5"], found.Rows);
        Assert.Equal(["3:invalid_json", "4:invalid_json", "5:invalid_json"], found.Reasons);
        Assert.Equal(["9", "12", "28"], found.Rejected.Select(r => r.Column));
        Assert.Equal("{\"a\": 2,}", found.Rejected[0].Found);
    }

    [Fact]
    public async Task A_bad_line_can_stop_the_run()
    {
        Folder.Put("a.jsonl", "{\"a\": 1}\n{\"a\" 2}\n");
        var source = new JsonSource(new JsonSource.Options { FilePath = "a.jsonl", OnBadRow = BadRow.Fail });

        var failed = await Assert.ThrowsAsync<SourceException>(() => source.ReadAllAsync(Folder.Inputs()));

        Assert.StartsWith("The file \"a.jsonl\" is not valid JSON at line 2, column 6: found \"{\"a\" 2}\" (", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_reject_their_line()
    {
        Folder.Put("a.jsonl", [.. "{\"a\": \"x\"}\n{\"a\": \""u8, 0xFF, .. "\"}\n"u8]);

        var found = await Make("a.jsonl").ReadAllAsync(Folder.Inputs());

        Assert.Equal(["2:invalid_utf8"], found.Reasons);
        Assert.Equal(["x"], found.Rows);
    }

    [Fact]
    public async Task A_line_longer_than_the_limit_is_refused()
    {
        Folder.Put("a.jsonl", "{\"a\": 1}\n{\"a\": \"" + new string('x', 10 << 20) + "\"}\n");

        var failed = await Assert.ThrowsAsync<SourceException>(() => Make("a.jsonl").ListAsync(Folder.Inputs()));

        Assert.StartsWith("The file \"a.jsonl\" has a record on line 2 that is longer than 8,388,608 bytes", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_that_only_a_bad_line_has_are_not_made()
    {
        Folder.Put("a.jsonl", "{\"a\": 1}\n{\"ghost\": 1, \"b\": x}\n{\"b\": 2, \"c\": null}\n");

        var found = await Make("a.jsonl").ReadAllAsync(Folder.Inputs());

        Assert.Equal("a:Int64? b:Int64? c:Text?[empty]", found.Types);
    }
}

public sealed class JsonArrayTests : SourceContract
{
    protected override string FileName => "rows.json";

    protected override Source Make(string path) => new JsonSource(new JsonSource.Options { FilePath = path });

    protected override string Content(IEnumerable<int> records) => "[\n" + string.Join(",\n", records.Select(JsonRecords.Of)) + "\n]\n";

    [Theory]
    [InlineData("[]", "", "")]
    [InlineData("{\"a\": 1}", "a:Int64", "1")]
    [InlineData("{\n  \"a\": 1,\n  \"b\": [1, {\"x y\": \"p \\\" q\"}]\n}", "a:Int64 b:Text[json]", "1|[1,{\"x y\":\"p \\\" q\"}]")]
    [InlineData("[1, 2.5, null]", "value:Float64?", "1 2.5 ∅")]
    [InlineData("[\"a\", {\"b\": true}]", "value:Text? b:Boolean?", "a|∅ ∅|true")]
    [InlineData("[{\"a\": \"1\"}, {\"a\": 2}]", "a:Text[mixed]", "1 2")]
    [InlineData("[{\"a\": \"1\"}, {\"a\": \"2\"}]", "a:Text", "1 2")]
    [InlineData("[{\"a\": \"2020-01-31\"}, {\"a\": \"2020-02-29\"}]", "a:Date", "2020-01-31 2020-02-29")]
    [InlineData("[{\"a\": \"2020-01-31\"}, {\"a\": \"2020-02-29T01:00:00+01:00\"}]", "a:Timestamp", "2020-01-31T00:00:00 2020-02-29T00:00:00")]
    [InlineData("[{\"a\": \"2020-01-31\"}, {\"a\": \"x\"}]", "a:Text[mixed]", "2020-01-31 x")]
    [InlineData("[{\"a\": \"Jun 12 1998\"}, {\"a\": \"Jul 1 1999\"}]", "a:Text[MMM DD YYYY]", "Jun_12_1998 Jul_1_1999")]
    [InlineData("[{\"a\": {}}, {\"a\": []}]", "a:Text[json]", "{} []")]
    [InlineData("[{\"a\": {\"b\": 1}}, {\"a\": \"x\"}]", "a:Text", "{\"b\":1} x")]
    [InlineData("[{\"a\": 1.0}, {\"a\": 2}]", "a:Float64", "1 2")]
    [InlineData("[{\"a\": 0.12345678901234567890123}]", "a:Float64", "0.12345678901234568")]
    [InlineData("[{\"a\": 12345678901234567890}]", "a:Float64", "1.2345678901234567E+19")]
    [InlineData("[{\"a\": 1e400}, {\"a\": 1}]", "a:Text[mixed]", "1e400 1")]
    [InlineData("[{\"a\": 9007199254740993}]", "a:Int64[beyond-double]", "9007199254740993")]
    [InlineData("[{\"a\": 9007199254740993}, {\"a\": 0.5}]", "a:Text[mixed]", "9007199254740993 0.5")]
    [InlineData("[{\"a\": -0}]", "a:Float64", "-0")]
    [InlineData("[{\"a\": 1, \"a\": 2}, {\"a\": 1, \"a\": null}]", "a:Int64?", "2 ∅")]
    [InlineData("[{\"\": 1}]", "empty_key:Int64", "1")]
    [InlineData("[{\"a\\u0062\": \"\\u00e9\\n\"}]", "ab:Text", "é\n")]
    [InlineData("\uFEFF[{\"a\": true}, {\"b\": null}]", "a:Boolean? b:Text?[empty]", "true|∅ ∅|∅")]
    public async Task Values_become_columns(string text, string types, string rows)
    {
        Folder.Put("a.json", text);

        var found = await Make("a.json").ReadAllAsync(Folder.Inputs());

        Assert.Equal(types, found.Types);
        Assert.Equal(rows, string.Join(' ', found.Rows.Select(r => types.Contains("MMM", StringComparison.Ordinal) ? r.Replace(' ', '_') : r)));
    }

    [Fact]
    public async Task Nested_objects_can_be_flattened()
    {
        Folder.Put("a.json", "[{\"a\": {\"b\": 1, \"c\": {\"d\": \"x\", \"e\": {}}}, \"f\": [{\"g\": 1}]}, {\"a\": 2}]");

        var found = await new JsonSource(new JsonSource.Options { FilePath = "a.json", Flatten = true }).ReadAllAsync(Folder.Inputs());

        Assert.Equal("a.b:Int64? a.c.d:Text? a.c.e:Text?[json] f:Text?[json] a:Int64?", found.Types);
        Assert.Equal(["1|x|{}|[{\"g\":1}]|∅", "∅|∅|∅|∅|2"], found.Rows);
    }

    [Theory]
    [InlineData("[1,\n 2\n", "line 3, column 1: found the end of the file. Expected ',' or ']'")]
    [InlineData("[1,]", "line 1, column 4: found ']'. Expected a value")]
    [InlineData("[1,\n,2]", "line 2, column 1: found ','. Expected a value")]
    [InlineData("[1]\n[2]", "line 2, column 1: found '[' after the end of the array. Expected nothing more; if each line")]
    [InlineData("[\"a}", "line 1, column 5: found the end of the file")]
    [InlineData("[{\"a\": 1},\n {\"a\": tru},\n{\"a\": 2}]", "line 2, column 11: found")]
    [InlineData("[{\"a\": 1}, {\"a\" 1}]", "line 1, column 17: found")]
    [InlineData("[{\"a\": 1}, {\"a\": \"\\ud800\"}]", "line 1, column 18: found an escape that is half a character")]
    [InlineData("{\n\"a\": 1\n}\n{\n}", "line 4, column 1: found")]
    public async Task A_broken_array_is_refused_with_line_and_column(string text, string expected)
    {
        Folder.Put("a.json", text);

        foreach (var target in new[] { 1, 1 << 20 })
        {
            var failed = await Assert.ThrowsAsync<SourceException>(() => Make("a.json").ReadAllAsync(Folder.Inputs(), SourceReading.Cut(target)));
            Assert.StartsWith($"The file \"a.json\" is not valid JSON at {expected}", failed.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Too_many_levels_and_too_many_keys_are_refused()
    {
        Folder.Put("deep.json", "[{\"a\": " + new string('[', 100) + new string(']', 100) + "}]");
        Folder.Put("wide.json", "[" + string.Join(",", Enumerable.Range(0, 20).Select(i => $"{{\"k{i}\": 1}}")) + "]");

        var deep = await Assert.ThrowsAsync<SourceException>(() => Make("deep.json").ReadAllAsync(Folder.Inputs()));
        var wide = await Assert.ThrowsAsync<SourceException>(() =>
            new JsonSource(new JsonSource.Options { FilePath = "wide.json", MaxColumns = 10 }).ReadAllAsync(Folder.Inputs()));
        var deeper = await new JsonSource(new JsonSource.Options { FilePath = "deep.json", MaxDepth = 101 }).ReadAllAsync(Folder.Inputs());

        Assert.Contains("line 1, column 71", deep.Message, StringComparison.Ordinal);
        Assert.StartsWith("The file \"wide.json\" has objects with more than 10 different keys", wide.Message, StringComparison.Ordinal);
        Assert.Equal(1, deeper.Batch.Rows);
    }

    [Fact]
    public async Task An_element_longer_than_the_limit_is_refused()
    {
        Folder.Put("a.json", "[1,\n\"" + new string('x', 10 << 20) + "\"]");

        var failed = await Assert.ThrowsAsync<SourceException>(() => Make("a.json").ListAsync(Folder.Inputs()));

        Assert.StartsWith("The file \"a.json\" has a record on line 2 that is longer than 8,388,608 bytes", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stated_array_must_be_one()
    {
        Folder.Put("a.json", "{\"a\": 1}");
        var source = new JsonSource(new JsonSource.Options { FilePath = "a.json", Format = JsonFormat.Array });

        var failed = await Assert.ThrowsAsync<SourceException>(() => source.ListAsync(Folder.Inputs()));

        Assert.StartsWith("The file \"a.json\" begins with \"{\"a\": 1}\". Expected '['", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_may_be_a_column()
    {
        Folder.Put("in/a.json", "[{\"a\": 1}]");
        Folder.Put("in/b.json", "{\"a\": \"x\"}");

        var found = await new JsonSource(new JsonSource.Options { FilePath = "in", SourceColumn = "file" }).ReadAllAsync(Folder.Inputs());

        Assert.Single(found.Shards);
        Assert.Equal("a:Text[mixed] file:Text", found.Types);
        Assert.Equal(["1|in/a.json", "x|in/b.json"], found.Rows);
    }
}

static class JsonRecords
{
    public static string Of(int i)
    {
        var day = new DateOnly(2020, 1, 1).AddDays(i % 900).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var late = i > 2500 ? ", \"late\": true" : "";
        return $"{{\"id\": {i}, \"name\": \"Näme \\\"{i % 50}\\\" [{{,\", \"price\": {(i % 10 == 0 ? i : i / 8.0)}, \"maybe\": {(i % 3 == 0 ? "null" : "\"x\"")}, "
            + $"\"day\": \"{day}\", \"mixed\": {(i == 2900 ? "\"n/a\"" : i)}, \"tags\": [1, \"]\", {{\"a\": {i}}}]{late}}}";
    }
}
