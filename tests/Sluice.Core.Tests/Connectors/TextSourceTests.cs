using Sluice.Connectors;

namespace Sluice.Core.Tests.Connectors;

public sealed class TextLineTests : SourceContract
{
    protected override string FileName => "lines.txt";

    protected override Source Make(string path) => new TextSource(new TextSource.Options { FilePath = path, Unit = TextUnit.Line });

    protected override string Content(IEnumerable<int> records) => string.Concat(records.Select(i => $"Line {i} says {i * 7919} and then it goes on for a while until it ends, as lines of text do, {i * 31}.{(i % 5 == 0 ? "\r\n  \n" : "\n")}"));

    internal override Task CheckFolderRows(Everything folder, Everything file)
    {
        Assert.Equal(file.Rows.Select(r => r.Split('|')[2]), folder.Rows.Select(r => r.Split('|')[2]));
        return Task.CompletedTask;
    }
}

public sealed class TextParagraphTests : SourceContract
{
    protected override string FileName => "paragraphs.txt";

    protected override Source Make(string path) => new TextSource(new TextSource.Options { FilePath = path, Unit = TextUnit.Paragraph });

    protected override string Content(IEnumerable<int> records) => string.Concat(records.Select(i => $"Paragraph {i}\nof two lines ({i * 7919}), the second of which is somewhat longer than the first one, {i * 31}\n{(i % 5 == 0 ? " \r\n\n" : "\n")}"));

    internal override Task CheckFolderRows(Everything folder, Everything file)
    {
        Assert.Equal(file.Rows.Select(r => r.Split('|')[2]), folder.Rows.Select(r => r.Split('|')[2]));
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Each_unit_is_as_it_is_told()
    {
        Folder.Put("a.txt", "\n\none\r\ntwo\r\n\r\n \nthree\n\n");

        var paragraphs = await Make("a.txt").ReadAllAsync(Folder.Inputs());
        var lines = await new TextSource(new TextSource.Options { FilePath = "a.txt", Unit = TextUnit.Line }).ReadAllAsync(Folder.Inputs());
        var files = await new TextSource(new TextSource.Options { FilePath = "a.txt" }).ReadAllAsync(Folder.Inputs());

        Assert.Equal("path:Text index:Int64 text:Text", paragraphs.Types);
        Assert.Equal(["a.txt|3|one\r\ntwo", "a.txt|7|three"], paragraphs.Rows);
        Assert.Equal(["a.txt|3|one", "a.txt|4|two", "a.txt|7|three"], lines.Rows);
        Assert.Equal("path:Text text:Text bytes:Int64", files.Types);
        Assert.Equal(["a.txt|\n\none\r\ntwo\r\n\r\n \nthree\n\n|23"], files.Rows);
    }

    [Fact]
    public async Task Many_small_files_are_few_shards_in_ordinal_order()
    {
        for (var i = 0; i < 230; i++)
        {
            Folder.Put($"talks/{i}.txt", $"Talk {i}.");
        }

        Folder.Put("talks/empty.txt", "");
        Folder.Put("talks/latin.txt", [(byte)'M', 0xFC]);

        var found = await new TextSource(new TextSource.Options { FilePath = "talks" }).ReadAllAsync(Folder.Inputs());

        Assert.Single(found.Shards);
        Assert.Equal(230, found.Batch.Rows);
        Assert.Equal(Enumerable.Range(0, 230).Select(i => $"talks/{i}.txt").Order(StringComparer.Ordinal), found.Batch.Columns[0] is var paths ? Enumerable.Range(0, 230).Select(paths.Display) : []);
        Assert.Equal([("talks/empty.txt", "empty_file"), ("talks/latin.txt", "invalid_utf8")], found.Rejected.Select(r => (r.File, r.Reason)));
    }

    [Fact]
    public async Task A_stated_encoding_is_used()
    {
        Folder.Put("latin.txt", [(byte)'M', 0xFC]);

        var found = await new TextSource(new TextSource.Options { FilePath = "latin.txt", Encoding = "latin-1" }).ReadAllAsync(Folder.Inputs());

        Assert.Equal(["latin.txt|Mü|3"], found.Rows);
    }

    [Theory]
    [InlineData(TextUnit.File, "The file \"a.txt\" is longer than 8,388,608 bytes, the limit of one row. Expected smaller files. Set unit: paragraph")]
    [InlineData(TextUnit.Line, "The file \"a.txt\" has a record on line 1 that is longer than 8,388,608 bytes, the limit.")]
    [InlineData(TextUnit.Paragraph, "The file \"a.txt\" has a record on line 1 that is longer than 8,388,608 bytes, the limit.")]
    public async Task A_unit_longer_than_the_limit_is_refused(TextUnit unit, string expected)
    {
        Folder.Put("a.txt", new string('x', 10 << 20));
        var source = new TextSource(new TextSource.Options { FilePath = "a.txt", Unit = unit });

        var failed = await Assert.ThrowsAsync<SourceException>(() => source.ListAsync(Folder.Inputs()));

        Assert.StartsWith(expected, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_encoding_is_refused()
    {
        Folder.Put("a.txt", "x");
        var source = new TextSource(new TextSource.Options { FilePath = "a.txt", Encoding = "klingon" });

        var failed = await Assert.ThrowsAsync<SourceException>(() => source.ListAsync(Folder.Inputs()));

        Assert.StartsWith("The encoding \"klingon\" is not supported. Expected auto, utf-8,", failed.Message, StringComparison.Ordinal);
    }
}
