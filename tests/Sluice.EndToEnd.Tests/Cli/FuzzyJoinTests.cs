namespace Sluice.EndToEnd.Tests.Cli;

/// <summary>A fuzzy join without a model, as its user sees it.</summary>
public sealed class FuzzyJoinTests : IDisposable
{
    readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Says_that_no_model_decided_and_how_many_pairs_the_search_finds()
    {
        folder.Write("orders.csv", "id,company\n1,Northwind Traders\n2,Northwind Traders Ltd.\n3,Nobody\n");
        folder.Write("companies.csv", "company,city\nNorthwind Traders,Bonn\nFabrikam,Jena\n");
        folder.Write("pipeline.yaml", """
            name: Orders
            steps:
              - { id: rows, type: csv, config: { file_path: orders.csv } }
              - { id: joined, type: fuzzy_join, config: { file: companies.csv, on: [company], table_columns: [city] } }

            """);

        var run = await SluiceProcess.RunAsync(folder.Path, "run", "pipeline.yaml", "--json", "--store", "store");

        Assert.Equal(0, run.ExitCode);
        var notes = run.Json["notes"]!.AsArray().Select(n => (string)n!).ToList();
        Assert.Contains("joined/1:same_pairs: no language model is configured, so 1 row was decided without one (llm_not_asked in 'sluice evidence').", notes);
        Assert.Contains(notes, note => note.StartsWith("joined/2:fuzzy_choice: Of 2 pairs of the sample that are the same, the search for candidates found 2: 100 %", StringComparison.Ordinal));
    }
}
