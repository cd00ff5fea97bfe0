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

    const string Shared = TestRuns.Source + """
          - id: once
            type: remove_near_duplicates
            config: { features: { text: name, model: hashing-64 }, cosine: 0.99 }
          - id: parts
            type: split
            config: { strategy: coverage, features: { columns: [id, amount] }, together: [name], covering_set: test }
          - id: likely
            type: split
            config: { strategy: representative, features: { text: name, model: hashing-64 }, output_column: part }
          - id: doubt
            type: find_label_errors
            config: { label_column: part, features: { text: name, model: hashing-64 }, label_quality_column: quality, suggested_label_column: better }
          - id: guess
            type: auto_label
            config: { label_column: better, features: { text: name, model: hashing-64 }, min_confidence: 0.1, split_column: part }

        """;

    [Fact]
    public async Task Steps_that_share_vectors_make_the_same_version_for_every_batch_size()
    {
        var found = new HashSet<string>();
        foreach (var batchBytes in new long[] { 200, 1_500, 1 << 20 })
        {
            await using var runs = new TestRuns();
            runs.Write("data.csv", "id,amount,name\n" + string.Concat(Enumerable.Range(0, 120).Select(i => $"{i},{i * 37 % 100},word{i % 40} of {(char)('a' + (i % 40 % 26))}\n")));

            var outcome = await LocalRun.RunAsync(runs.NewEngine(), await runs.RequestAsync(Shared, batchBytes: batchBytes), 2, null, CancellationToken.None);

            found.Add(outcome.Version!);
            Assert.Equal(40, (await runs.RowsAsync(outcome.Version!)).Count);
        }

        Assert.Single(found);
    }

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
