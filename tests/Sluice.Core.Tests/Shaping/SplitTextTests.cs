using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Shaping;
using Sluice.Steps;
using Sluice.Tests.Runs;

namespace Sluice.Core.Tests.Shaping;

public sealed class SplitTextTests
{
    static Batch Texts(params string?[] texts) => new(
        new Schema([new Field("id", ColumnType.Int64, false), new Field("body", ColumnType.Text)]),
        [new ValueColumn<long>(ColumnType.Int64, [.. Enumerable.Range(1, texts.Length).Select(i => (long)i)], null), TextColumn.Of(texts)], texts.Length);

    static List<string> Chunks(SplitText.Options options, params string?[] texts) => Columns(StepRunner.Run(new SplitText(options), Texts(texts)).All, "body");

    static List<string> Columns(Batch batch, params string[] names) =>
        [.. Enumerable.Range(0, batch.Rows).Select(row => string.Join('|', names.Select(name => batch[name].IsNull(row) ? "-" : batch[name].Display(row))))];

    [Fact]
    public void Chunks_are_numbered_and_stand_in_the_place_of_their_row()
    {
        var run = StepRunner.Run(new SplitText(new() { Column = "body", Size = 4 }), Texts("one two three four", null, "", "five"));

        Assert.Equal(["1|one two|1", "1|three four|2", "2|-|-", "3||1", "4|five|1"], Columns(run.All, "id", "body", "chunk"));
        var parents = Columns(run.All, "parent_id");
        Assert.Equal(parents[0], parents[1]);
        Assert.Equal(4, parents.Distinct().Count());
        Assert.Equal(1, run.Verdicts[0].Made["chunks"]);
        Assert.Equal([0, 0, 1, 2, 3], run.All.Origin!);
    }

    [Theory]
    [InlineData(0, "aa bb cc;dd ee ff;gg")]
    [InlineData(2, "aa bb cc;bb cc dd;cc dd ee;dd ee ff;ee ff gg")]
    public void The_end_of_a_chunk_begins_the_next_as_far_as_asked(int overlap, string expected) =>
        Assert.Equal(expected.Split(';'), Chunks(new() { Column = "body", Size = 3, Overlap = overlap, By = SplitUnit.Tokens }, "aa bb cc dd ee ff gg"));

    [Fact]
    public void Sentences_stay_whole() => Assert.Equal(
        ["He said: \"Stop!\" It costs 3.50 now.", "Why?\n\nA heading", "あ。い。"],
        Chunks(new() { Column = "body", Size = 2, By = SplitUnit.Sentences }, "He said: \"Stop!\" It costs 3.50 now. Why?\n\nA heading\n\nあ。い。"));

    [Fact]
    public void Delimiters_stand_between_pieces_and_blank_pieces_are_none() => Assert.Equal(
        ["a\n---\nb", "c"], Chunks(new() { Column = "body", By = SplitUnit.Delimiter, Delimiter = "---", Size = 2 }, "a\n---\nb\n---\n \n---\nc\n---"));

    [Fact]
    public void What_surrounds_a_chunk_is_gathered()
    {
        var options = new SplitText.Options { Column = "body", By = SplitUnit.Delimiter, Delimiter = "|", GatherBefore = 2, GatherAfter = 1 };

        var run = StepRunner.Run(new SplitText(options), Texts("a|b|c|d"));

        Assert.Equal(["a;-;b", "b;a;c", "c;a|b;d", "d;b|c;-"], Columns(run.All, "body", "body_before", "body_after").Select((row, i) =>
            string.Join(';', new[] { "body", "body_before", "body_after" }.Select(name => run.All[name].IsNull(i) ? "-" : run.All[name].Display(i).Trim('|')))));
    }

    [Fact]
    public void Headings_above_a_chunk_are_gathered_and_code_has_none()
    {
        var options = new SplitText.Options { Column = "body", By = SplitUnit.Delimiter, Delimiter = "~", GatherHeadings = true };

        var run = StepRunner.Run(new SplitText(options), Texts("# One\nx~y\n## Two\n```\n# no\n```\nz~w\n# Three\n#none~v"));

        Assert.Equal(["-", "# One", "# One\n## Two", "# Three"], Columns(run.All, "body_headings"));
    }

    [Fact]
    public void A_text_with_too_many_chunks_is_rejected()
    {
        var run = StepRunner.Run(new SplitText(new() { Column = "body", Size = 1, MaxChunks = 2 }), Texts("aaa bbb", "aaa bbb ccc"));

        Assert.Equal(["aaa", "bbb"], Columns(run.All, "body"));
        Assert.Equal("too_many_chunks", Assert.Single(run.Verdicts[0].Rules).Reason);
    }

    [Fact]
    public void No_letter_is_lost_or_cut_and_no_chunk_is_too_long() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonNull<string>>(), Gen.Choose(1, 12).ToArbitrary(), Gen.Elements(SplitUnit.Tokens, SplitUnit.Sentences, SplitUnit.Delimiter).ToArbitrary(), (drawn, size, by) =>
        {
            var text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(drawn.Get)) + " 😀é. word";
            var chunks = Chunks(new() { Column = "body", Size = size, By = by, Delimiter = by == SplitUnit.Delimiter ? "e" : null }, text);
            return Letters(string.Concat(chunks), by) == Letters(text, by)
                && (by != SplitUnit.Tokens || chunks.TrueForAll(c => Encoding.UTF8.GetByteCount(c) <= Math.Max(4, size * 3)));
        }).QuickCheckThrowOnFailure();

    // Delimiters between chunks are left out.
    static string Letters(string text, SplitUnit by) => string.Concat(text.EnumerateRunes().Where(r => !Rune.IsWhiteSpace(r) && (by != SplitUnit.Delimiter || r.Value != 'e')));

    [Fact]
    public void Options_that_cannot_be_are_problems()
    {
        Assert.StartsWith("column: Column 'nowhere' does not exist here.", Assert.Single(StepRunner.Problems(new SplitText(new() { Column = "nowhere" }), Texts("x").Schema)));
        Assert.StartsWith("column: Column 'id' is int64; expected text.", Assert.Single(StepRunner.Problems(new SplitText(new() { Column = "id" }), Texts("x").Schema)));
        Assert.StartsWith("chunk_column: Column 'id' is there already.", Assert.Single(StepRunner.Problems(new SplitText(new() { Column = "body", ChunkColumn = "id" }), Texts("x").Schema)));
    }

    [Theory]
    [InlineData("overlap: 512", "Expected overlap < size.")]
    [InlineData("by: delimiter", "'delimiter' belongs to by: delimiter")]
    [InlineData("delimiter: x", "'delimiter' belongs to by: delimiter")]
    public async Task Options_that_contradict_are_refused(string more, string expected)
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", "body\nx\n");

        var error = await Assert.ThrowsAnyAsync<Exception>(() => runs.RunAsync(TestRuns.Source + $"  - {{ id: s, type: split_text, config: {{ column: body, {more} }} }}\n"));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_is_the_same_however_the_input_is_cut()
    {
        var versions = new HashSet<string>();
        foreach (var bytes in new[] { 40L, 100_000 })
        {
            await using var runs = new TestRuns();
            runs.Write("data.csv", "id,body\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"{i},{string.Join(' ', Enumerable.Repeat("word", i))}\n")));
            versions.Add((await runs.RunAsync(TestRuns.Source + "  - { id: s, type: split_text, config: { column: body, size: 9, overlap: 2, gather_before: 1 } }\n", batchBytes: bytes)).Version);
        }

        Assert.Single(versions);
    }
}

public sealed class SplitTextContractTests : StepContract
{
    protected override Step Create() => new SplitText(new() { Column = Text, Size = 2, Overlap = 1, GatherBefore = 1, GatherAfter = 1 });

    protected override (Step Step, string Path)? WithUnknownColumn => (new SplitText(new() { Column = "nowhere" }), "column");

    string Text => Sample().Schema.First(f => f.Type == ColumnType.Text).Name;
}
