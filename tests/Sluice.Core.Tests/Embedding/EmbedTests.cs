using System.Text.Json;
using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Embedding;
using Sluice.Steps;
using Sluice.Storage;
using Sluice.Tests.Runs;

namespace Sluice.Core.Tests.Embedding;

public sealed class EmbedTests : StepContract
{
    protected override Step Create() => new Embed(new Embed.Options { Column = "text", Target = "vector_key" });

    protected override (Step Step, string Path)? WithUnknownColumn => (new Embed(new Embed.Options { Column = "nowhere" }), "column");

    protected override Batch Sample() => Table(UseLite.Texts(seed: 1, count: 120));

    [Fact]
    public void A_target_column_holds_keys_or_vectors()
    {
        var batch = Table("a dog", null, "a dog");

        var keys = StepRunner.Run(new Embed(new Embed.Options { Column = "text", Target = "k" }), batch).All.Text("k");
        var vectors = StepRunner.Run(new Embed(new Embed.Options { Column = "text", Target = "v", Output = EmbedOutput.Vector, Model = "hashing-16" }), batch).All.Text("v");

        Assert.Equal(32, keys.Display(0).Length);
        Assert.Equal((keys.Display(0), true), (keys.Display(2), keys.Display(0) != keys.Display(1)));
        Assert.True(vectors.IsNull(1));
        Assert.Equal(UseLite.Embed(new HashingEmbedder(16), "a dog"), JsonSerializer.Deserialize<float[]>(vectors[0]));
    }

    [Fact]
    public async Task Vectors_of_tokens_are_written_each_or_as_one()
    {
        var batch = Table("a dog runs", null, "rain");
        var options = new Embed.Options { Column = "text", Target = "v", Output = EmbedOutput.Vector, Layer = "add_104", Pooling = "mean", Normalize = false };
        var parts = (await UseLite.OpenAsync(options.ToModel())).EmbedParts(batch.Text("text"), CancellationToken.None);

        var each = Run(new() { Each = true });
        var mean = Run(new());
        var last = Run(new() { Count = 1, Place = PartPlace.End });
        var others = Run(new() { Count = 1, LeaveOut = true, Group = PartGroup.First });

        var (from, count) = parts.Of(0).GetOffsetAndLength(parts.Parts);
        var vectors = JsonSerializer.Deserialize<float[][]>(each[0])!;
        Assert.Equal(count, vectors.Length);
        Assert.Equal(Enumerable.Range(from, count).Select(part => parts[part].ToArray()), vectors);
        Assert.Equal(parts.Group(PartGroup.Mean)[0].ToArray(), JsonSerializer.Deserialize<float[]>(mean[0]));
        Assert.Equal(vectors[^1], JsonSerializer.Deserialize<float[]>(last[0]));
        Assert.Equal(vectors[1], JsonSerializer.Deserialize<float[]>(others[0]));
        Assert.All(new[] { each, mean, last, others }, column => Assert.True(column.IsNull(1)));

        TextColumn Run(EmbeddedParts wanted) => StepRunner.Run(new Embed(options with { Parts = wanted }), StepRunner.Cut(batch, 2)).All.Text("v");
    }

    [Fact]
    public void Vectors_of_tokens_need_a_column_and_a_model_that_has_them()
    {
        Assert.StartsWith("parts: Vectors of tokens are written to a column", Assert.Single(StepRunner.Problems(new Embed(new() { Column = "text", Parts = new() }), Table("a").Schema)));
        var error = Assert.Throws<DataException>(
            () => StepRunner.Run(new Embed(new() { Column = "text", Model = "hashing-16", Target = "v", Output = EmbedOutput.Vector, Parts = new() }), Table("a")));
        Assert.Contains("has no vectors by token", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_that_are_cut_and_texts_with_nothing_in_them_are_reported()
    {
        var batch = Table("short", string.Join(' ', Enumerable.Repeat("word", 200)), " ", "", null);

        var verdicts = StepRunner.Run(new Embed(new Embed.Options { Column = "text" }), batch).Verdicts.Single();

        Assert.Equal(["text_cut: 1", "no_text: 3,4"], verdicts.Rules.Select((rule, i) => $"{rule.Reason}: {string.Join(',', verdicts.Failing(i))}"));
        Assert.Equal(0, verdicts.Rejected);
    }

    [Theory]
    [InlineData("no-such-model", null, null, "model", "The model 'no-such-model' is not known. Expected 'use-lite-en'")]
    [InlineData("http://example.com/m.zip#sha256=00", null, null, "model", "cannot be fetched. Expected 'https://")]
    [InlineData("use-lite-en", "max(a)", null, "model", "of at least two")]
    [InlineData("use-lite-en", null, "median", "model", "Expected mean, cls, max or last")]
    public void A_model_that_cannot_be_is_a_problem_of_the_pipeline(string model, string? layer, string? pooling, string path, string expected)
    {
        var problems = new StepProblems();

        new Embed(new Embed.Options { Column = "text", Model = model, Layer = layer, Pooling = pooling }).Plan(Table("a").Schema, problems);

        var problem = Assert.Single(problems.Items);
        Assert.Equal(path, problem.Path);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_was_embedded_before_is_found_by_the_next_run()
    {
        await using var runs = new TestRuns();
        var pipeline = TestRuns.Source + "  - { id: embed, type: embed, config: { column: text, target: key } }\n";
        runs.Write("data.csv", "text\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"sentence number {i}\n")));
        await runs.RunAsync(pipeline);
        var before = await SegmentsAsync(runs.Store);

        runs.Write("data.csv", "text\n" + string.Concat(Enumerable.Range(0, 60).Select(i => i == 30 ? "another sentence\n" : $"sentence number {i}\n")));
        var outcome = (await runs.RunAsync(pipeline)).Outcome;

        var added = Assert.Single((await SegmentsAsync(runs.Store)).Except(before));
        var (_, rows, _) = NpyFile.Read(await runs.Store.OpenReadAsync(added, CancellationToken.None));
        Assert.Equal(1, rows);
        Assert.Equal(60, (await runs.RowsAsync(outcome.Version!)).Count);
    }

    [Fact]
    public async Task A_version_is_the_same_whatever_the_batches_and_however_often_work_is_delivered()
    {
        var versions = new List<string>();
        foreach (var (batchBytes, deliveries) in new[] { (600L, 1), (100_000L, 2), (250L, 3) })
        {
            await using var runs = new TestRuns();
            runs.Write("data.csv", "text\n" + string.Concat(Enumerable.Range(0, 80).Select(i => $"{string.Join(' ', Enumerable.Repeat("many words", i % 9))} {i % 50}\n")));
            var pipeline = TestRuns.Source + "  - { id: embed, type: embed, config: { column: text, target: vector, output: vector } }\n";
            versions.Add(await runs.BytesAsync((await runs.RunAsync(pipeline, batchBytes: batchBytes, deliveries: deliveries)).Outcome.Version!));
        }

        Assert.Single(versions.Distinct());
    }

    static async Task<List<string>> SegmentsAsync(ObjectStore store) =>
        await store.ListAsync("embed/rows/", CancellationToken.None).Where(o => o.Path.EndsWith(".npy", StringComparison.Ordinal)).Select(o => o.Path).ToListAsync();

    static Batch Table(params string?[] texts) => new(new Schema([new Field("text", ColumnType.Text)]), [TextColumn.Of(texts)], texts.Length);
}
