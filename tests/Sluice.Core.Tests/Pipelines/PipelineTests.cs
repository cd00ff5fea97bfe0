using Sluice.Batches;
using Sluice.Pipelines;
using Sluice.Tests.Storage;

namespace Sluice.Tests.Pipelines;

public sealed class PipelineTests
{
    /// <summary>From the seed, to the letter.</summary>
    internal const string Seed = """
        name: "Customer Data Pipeline"
        steps:
          - id: "source_1"
            type: "csv_connector"
            config:
              file_path: "customers.csv"
          
          - id: "validate_1"
            type: "quality_validation"
            config:
              min_quality_score: 90
            depends_on: ["source_1"]
          
          - id: "clean_1"
            type: "data_cleaning"
            config:
              operations: ["remove_duplicates", "fix_types"]
            depends_on: ["validate_1"]
        """;

    [Fact]
    public void Reads_the_sample_of_the_seed()
    {
        var pipeline = Parse(Seed);

        Assert.Equal("Customer Data Pipeline", pipeline.Name);
        Assert.Equal("customer-data-pipeline", pipeline.Dataset);
        Assert.Equal(("source_1", "csv", "customers.csv"), (pipeline.Source.Id, pipeline.Source.Type, pipeline.Source.Source.FilePath));
        Assert.Equal(["validate_1", "clean_1/0:remove_duplicates", "clean_1/1:remove_duplicates"], pipeline.Steps.Select(s => s.Id));
        Assert.Equal(["validate_1", "clean_1", "clean_1"], pipeline.Steps.Select(s => s.Group));
        Assert.Empty(pipeline.Sinks);
        Assert.Null(pipeline.Seed);
    }

    [Fact]
    public void A_step_without_depends_on_follows_the_data_step_before_it()
    {
        var pipeline = Parse("""
            name: a
            steps:
              - {name: in, type: csv, config: {file_path: a.csv}}
              - {name: check, type: quality_validation}
              - {name: out_1, type: csv, config: {file_path: b.csv}}
              - {name: out_2, type: csv_sink, config: {file_path: c.csv}}
            """);

        Assert.Equal(["check"], pipeline.Steps.Select(s => s.Id));
        Assert.Equal(["out_1", "out_2"], pipeline.Sinks.Select(s => s.Id));
    }

    [Fact]
    public void The_graph_decides_the_order_and_not_the_file()
    {
        var pipeline = Parse("""
            name: a
            steps:
              - {id: last, type: split, depends_on: middle}
              - {id: middle, type: quality_validation, depends_on: [in]}
              - {id: in, type: csv, config: {file_path: a.csv}}
            """);

        Assert.Equal(["middle", "last"], pipeline.Steps.Select(s => s.Id));
    }

    [Fact]
    public void The_hash_is_that_of_what_is_computed()
    {
        var reordered = """
            # A comment.
            steps:
              - type: csv
                config: {delimiter: ',', file_path: customers.csv}
                name: source_1
              - depends_on: source_1
                id: validate_1
                type: quality_validation
                config: {min_quality_score: 90.0}
              - {id: clean_1, type: data_cleaning, config: {operations: [remove_duplicates, fix_types]}}
            optimization: {parallelism: 2, caching: false}
            debug: true
            name: Customer Data Pipeline
            """;

        Assert.Equal(Parse(Seed).CanonicalJson, Parse(reordered).CanonicalJson);
        Assert.Equal(Parse(Seed).Hash, Pipeline.Parse(reordered, "elsewhere/b.yaml", FakeCapabilities.Catalog).Hash);
        Assert.NotEqual(Parse(Seed).Hash, Parse(Seed.Replace("90", "91", StringComparison.Ordinal)).Hash);
        Assert.Matches("^[0-9a-f]{64}$", Parse(Seed).Hash);
    }

    [Fact]
    public void Reads_its_canonical_form_back()
    {
        var text = """
            name: "Größe 😀 \"x\""
            dataset: d
            description: "tab\there"
            seed: 7
            steps:
              - {id: in, type: csv, config: {file_path: 'a\b''c.csv', delimiter: "\t"}}
              - {id: v, type: quality_validation, config: {anything: {a: [1, 2.5, x, null, true]}, low: -.inf, high: 1e30}}
              - {id: s, type: split}
              - {id: out, type: csv, config: {file_path: b.csv}}
            """;

        var pipeline = Parse(text);
        var again = Parse(pipeline.CanonicalJson);

        Assert.Equal(pipeline.CanonicalJson, again.CanonicalJson);
        Assert.Equal("Größe 😀 \"x\"", again.Name);
        Assert.Equal(@"a\b'c.csv", again.Source.Source.FilePath);
    }

    [Fact]
    public void A_seed_of_the_pipeline_is_the_default_of_its_steps()
    {
        string With(string top, string config) => $$"""
            name: a
            {{top}}
            steps:
              - {id: in, type: csv, config: {file_path: a.csv} }
              - {id: s, type: split, config: {{config}} }
            """;

        int SeedOf(string text) => ((FakeCapabilities.FakeSplit)Parse(text).Steps[0].Step).Seed;

        Assert.Equal(42, SeedOf(With("", "{}")));
        Assert.Equal(7, SeedOf(With("seed: 7", "{}")));
        Assert.Equal(5, SeedOf(With("seed: 7", "{seed: 5}")));
    }

    [Fact]
    public void Checks_every_column_before_anything_runs()
    {
        var pipeline = Pipeline.Parse("""
            name: a
            steps:
              - id: in
                type: csv
                config: {file_path: a.csv}
              - id: v
                type: quality_validation
                config:
                  business_rules:
                    - {type: range, column: age}
                    - type: range
                      column: agee
              - id: c
                type: data_cleaning
                config:
                  duplicate_keys: [id, zip]
            """, "p.yaml", FakeCapabilities.Catalog);
        var schema = new Schema([new Field("id", ColumnType.Int64), new Field("age", ColumnType.Int64)]);

        var error = Assert.Throws<PipelineException>(() => pipeline.CheckColumns(schema));

        Assert.Equal(
            [
                "p.yaml:12:19: Column 'agee' does not exist here. Did you mean 'age'? It has: id, age.",
                "p.yaml:16:28: Column 'zip' does not exist here. Did you mean 'id'? It has: id, age.",
            ],
            error.Problems.Select(p => p.ToString()));
        Assert.Equal(["p.yaml:16:28"], Assert.Throws<PipelineException>(() => pipeline.CheckColumns(schema, 1)).Problems.Select(p => $"{p.File}:{p.Line}:{p.Column}"));
    }

    [Fact]
    public async Task Loading_says_what_is_wrong_with_the_file()
    {
        using var folder = new TemporaryFolder();
        var latin = Path.Combine(folder.Path, "latin.yaml");
        await File.WriteAllBytesAsync(latin, [0x6E, 0x61, 0x6D, 0x65, 0x3A, 0x20, 0xE9]);
        async Task<string> Message(string path) => (await Assert.ThrowsAsync<PipelineException>(() => Pipeline.LoadAsync(path, CancellationToken.None))).Message;

        Assert.Contains("does not exist", await Message(Path.Combine(folder.Path, "none.yaml")), StringComparison.Ordinal);
        Assert.Contains("is a folder. Name the YAML file in it.", await Message(folder.Path), StringComparison.Ordinal);
        Assert.Contains("is not UTF-8 text. Save it as UTF-8.", await Message(latin), StringComparison.Ordinal);
    }

    static Pipeline Parse(string text) => Pipeline.Parse(text, "p.yaml", FakeCapabilities.Catalog);
}
