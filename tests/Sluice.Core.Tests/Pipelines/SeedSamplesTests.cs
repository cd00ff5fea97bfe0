using Sluice.Pipelines;
using Sluice.Tests.Runs;

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
    public async Task The_rules_of_the_seed_work_to_the_letter()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", "id,name,email,age\n1,Ann,ann@example.org,31\n2,Bob,bob@example,40\n3,Cy,cy@example.net,151\n");

        var text = "name: t\ndataset: t\nsteps:\n- {id: in, type: csv, config: {file_path: data.csv}}\n" + PipelineProblemTests.SeedStep;
        var record = await runs.RecordAsync((await runs.RunAsync(text)).Outcome);

        var failures = record.Steps.SelectMany(s => s.Failures).ToDictionary(f => f.Key, f => f.Value);
        Assert.Equal((1L, 1L), (failures["out_of_range:age"], failures["pattern_mismatch:email"]));
        Assert.Contains(Pipeline.Parse(text, "p.yaml").Advice, a => a.Contains(@"'\.' is not an escape that YAML's double quotes know", StringComparison.Ordinal));
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
            var graph = await PipelineGraph.LoadAsync(file, CancellationToken.None);

            Assert.All(graph.Chains, chain => Assert.Equal(chain.Pipeline.Hash, Pipeline.Parse(chain.Pipeline.CanonicalJson).Hash));
        }
    }
}
