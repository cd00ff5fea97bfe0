using System.Text.Json.Nodes;
using Sluice.Pipelines;

namespace Sluice.Tests.Pipelines;

/// <summary>Settings at the top of a pipeline that steps take where they state none themselves.</summary>
public sealed class PipelineConfigTests
{
    [Fact]
    public void Steps_and_sinks_take_what_they_do_not_state_themselves()
    {
        var pipeline = Parse("""
            pipeline_config: { output_dir: data_science_output, n_splits: 7, random_state: 42, models_root_dir: /srv/models }
            steps:
              - { id: in, type: csv, config: { file_path: a.csv } }
              - { id: own, type: embed, config: { column: x, model: hashing-64 } }
              - { id: folds, type: cross_validation, config: { output_column: f } }
              - { id: three, type: cross_validation, config: { n_splits: 3, random_state: 1, output_column: g } }
              - { id: csv, type: csv_sink, config: { file_path: folds.csv }, depends_on: three }
              - { id: out, type: parquet_sink, config: { file_path: sub/folds.parquet }, depends_on: three }
            """);

        Assert.Equal((42, 7), (Number(pipeline, "folds", "random_state"), Number(pipeline, "folds", "n_splits")));
        Assert.Equal((1, 3), (Number(pipeline, "three", "random_state"), Number(pipeline, "three", "n_splits")));
        Assert.Equal("hashing-64", (string?)Options(pipeline, "own")["model"]);
        Assert.Equal(["data_science_output/folds.csv", "data_science_output/sub/folds.parquet"], pipeline.Sinks.Select(s => (string?)JsonNode.Parse(s.OptionsJson)!["file_path"]).Order());
        Assert.Equal(42, pipeline.Seed);
    }

    [Fact]
    public void What_it_means_is_what_the_pipeline_is_known_by()
    {
        const string steps = "steps:\n  - { id: in, type: csv, config: { file_path: a.csv } }\n";

        Assert.Equal(
            Parse("seed: 5\n" + steps + "  - { id: out, type: csv_sink, config: { file_path: o/b.csv } }\n").CanonicalJson,
            Parse("pipeline_config: { random_state: 5, output_dir: o/ }\n" + steps + "  - { id: out, type: csv_sink, config: { file_path: b.csv } }\n").CanonicalJson);
    }

    [Fact]
    public void Relative_folders_of_models_start_at_the_root_and_nothing_else_does()
    {
        var root = Directory.CreateTempSubdirectory("sluice-models-");
        try
        {
            root.CreateSubdirectory("minilm");
            var pipeline = Parse($$"""
                pipeline_config: { models_root_dir: '{{root.FullName}}' }
                steps:
                  - { id: in, type: csv, config: { file_path: a.csv } }
                  - { id: a, type: embed, config: { column: x, model: minilm } }
                  - { id: b, type: cluster_rows, config: { features: { text: x, model: minilm }, clusters: 2 } }
                  - { id: c, type: cluster_rows, config: { features: { text: x, model: '{{root.FullName}}' }, output_column: d } }
                """);

            var full = Path.Combine(root.FullName, "minilm");
            Assert.Equal((full, full, root.FullName), ((string?)Options(pipeline, "a")["model"], (string?)Options(pipeline, "b")["features"]!["model"], (string?)Options(pipeline, "c")["features"]!["model"]));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("{ outputs: a }", "'outputs' is not an option of pipeline_config.")]
    [InlineData("{ folds: 5 }", "'folds' is not an option of pipeline_config. It has: models_root_dir, n_splits, output_dir, random_state.")]
    [InlineData("{ n_splits: 1 }", "'n_splits' is '1'; expected 2 to 250.")]
    [InlineData("{ random_state: -1 }", "'random_state' is '-1'; expected 0 to")]
    [InlineData("{ output_dir: ../x }", "pipeline_config: 'output_dir' is '../x'; expected a relative folder without '..', for instance 'data_science_output'.")]
    [InlineData("{ output_dir: /x }", "expected a relative folder")]
    [InlineData("{ models_root_dir: '' }", "'models_root_dir' is empty")]
    [InlineData("5", "'config' of pipeline_config is '5'; expected a mapping")]
    [InlineData("{ random_state: 4 }\nseed: 5", "'seed' is 5 and 'random_state' of pipeline_config is 4. They mean the same: remove one.")]
    [InlineData("{ output_dir: o }\nsink: ../b.csv", "'file_path' is '../b.csv', which leads out of output_dir 'o'.")]
    public void What_is_wrong_is_one_problem_at_its_place(string config, string expected)
    {
        var sink = config.Contains("sink:", StringComparison.Ordinal) ? "  - { id: out, type: csv_sink, config: { file_path: ../b.csv } }\n" : "";
        var text = $"pipeline_config: {config.Replace("\nsink: ../b.csv", "", StringComparison.Ordinal)}\nsteps:\n  - {{ id: in, type: csv, config: {{ file_path: a.csv }} }}\n{sink}";

        Assert.Contains(expected, Assert.Single(Assert.Throws<PipelineException>(() => Parse(text)).Problems).Message, StringComparison.Ordinal);
    }

    static Pipeline Parse(string text) => Pipeline.Parse("name: t\n" + text, "p.yaml", Catalog.Default);

    static JsonNode Options(Pipeline pipeline, string step) => JsonNode.Parse(pipeline.CanonicalJson)!["steps"]!.AsArray().First(s => (string?)s!["id"] == step)!["config"]!;

    static int Number(Pipeline pipeline, string step, string option) => (int)Options(pipeline, step)[option]!;
}
