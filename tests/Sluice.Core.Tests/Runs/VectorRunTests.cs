using Sluice.Runs;

namespace Sluice.Tests.Runs;

/// <summary>Steps that compare rows as vectors, in whole runs.</summary>
public sealed class VectorRunTests
{
    const string Chain = TestRuns.Source + """
          - id: choose
            type: select_rows
            config: { features: { columns: [id, amount] }, share: 0.5, rank_column: rank }
          - id: group
            type: cluster_rows
            config: { features: { text: name, model: hashing-64 }, clusters: 4 }
          - id: map
            type: reduce_dimensions
            config: { features: { text: name, model: hashing-64 }, dimensions: 3 }

        """;

    [Fact]
    public async Task The_version_is_the_same_for_every_batch_size()
    {
        var csv = TestRuns.Csv(300, seed: 4);
        var found = new HashSet<string>();
        foreach (var batchBytes in new long[] { 200, 1_500, 1 << 20 })
        {
            await using var runs = new TestRuns();
            runs.Write("data.csv", csv);

            var outcome = await LocalRun.RunAsync(runs.NewEngine(), await runs.RequestAsync(Chain, batchBytes: batchBytes), 2, null, CancellationToken.None);

            found.Add(outcome.Version!);
            Assert.Equal(150, (await runs.RowsAsync(outcome.Version!)).Count);
        }

        Assert.Single(found);
    }

    [Fact]
    public async Task A_model_that_is_not_there_fails_before_anything_is_written()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", TestRuns.Csv(20, seed: 4));

        var error = await Assert.ThrowsAsync<PipelineException>(() => runs.RunAsync(Chain.Replace("hashing-64", "hashing-3", StringComparison.Ordinal)));

        Assert.Contains("The model 'hashing-3' is not known.", error.Message);
    }
}
