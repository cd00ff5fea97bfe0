using Sluice.Pipelines;
using Sluice.Quality;

namespace Sluice.Tests.Pipelines;

/// <summary>The pipelines of the seed and of samples/, with everything that Sluice has.</summary>
public sealed class SeedSamplesTests
{
    [Fact]
    public void The_builder_sample_of_the_seed_is_a_pipeline()
    {
        var pipeline = Pipeline.Parse(PipelineTests.Seed);

        Assert.Equal("csv", pipeline.Source.Type);
        Assert.Equal(["validate_1", "clean_1/0:remove_duplicates", "clean_1/1:fix_types"], pipeline.Steps.Select(s => s.Id));
        Assert.Equal(pipeline.Hash, Pipeline.Parse(pipeline.CanonicalJson).Hash);
    }

    [Fact]
    public void The_rules_of_the_seed_work_once_their_quotes_are_single()
    {
        var text = "name: a\nsteps:\n- {id: in, type: csv, config: {file_path: a.csv}}\n" + PipelineProblemTests.SeedStep;
        var line = text.Split('\n').First(l => l.Contains("pattern:", StringComparison.Ordinal));

        var problems = Assert.Throws<PipelineException>(() => Pipeline.Parse(text, "p.yaml")).Problems;
        var fix = problems[0].Message[problems[0].Message.IndexOf("pattern: '", StringComparison.Ordinal)..];
        var repaired = text.Replace(line, "        " + fix, StringComparison.Ordinal).Replace("    deep_analysis: true  # Use LLM for semantic validation\n", "", StringComparison.Ordinal);
        var pipeline = Pipeline.Parse(repaired, "p.yaml");

        Assert.Equal((16, 52), (problems[0].Line, problems[0].Column));
        Assert.IsType<QualityValidation>(Assert.Single(pipeline.Steps).Step);
    }

    [Fact]
    public async Task Every_sample_is_a_pipeline()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Functions.sln")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        var files = Directory.GetFiles(Path.Combine(root, "samples"), "pipeline*.yaml", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var pipeline = await Pipeline.LoadAsync(file, CancellationToken.None);

            Assert.Equal(pipeline.Hash, Pipeline.Parse(pipeline.CanonicalJson).Hash);
        }
    }
}
