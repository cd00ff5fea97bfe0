using Sluice.Datasets;
using Sluice.Pipelines;

namespace Sluice.Core.Tests.Pipelines;

public sealed class PipelineGraphTests
{
    const string Head = "name: Shop\ndataset: shop\nsteps:\n";

    const string Shop = Head + """
          - { id: orders, type: csv, config: { file_path: orders.csv } }
          - { id: paid, type: filter, config: { condition: 'amount > 0' } }
          - { id: customers, type: csv, config: { file_path: customers.csv } }
          - { id: joined, type: join, config: { 'on': [customer] }, depends_on: [paid, customers] }
          - { id: all, type: parquet, config: { file_path: all.parquet } }
          - { id: Large, type: filter, config: { condition: 'amount > 100' }, depends_on: joined }
          - { id: large_out, type: csv, config: { file_path: large.csv } }

        """;

    [Fact]
    public void A_graph_is_cut_into_chains_that_come_after_what_they_read()
    {
        var graph = PipelineGraph.Parse(Shop);

        Assert.Equal(
            [
                "shop-customers: customers csv | after ",
                "shop-joined: orders csv > paid > joined > all | after 0",
                "shop: joined dataset > Large > large_out | after 1",
            ],
            graph.Chains.Select(Words));
        Assert.Equal("shop", graph.MainPipeline.Dataset);
        Assert.Equal("""{"columns":[],"dataset":"shop-customers","file":null,"how":"inner","max_matches":1000,"max_table_mb":512,"on":["customer"],"suffix":"_right","table_on":[],"version":null}""", graph.Chains[1].Pipeline.Steps[1].OptionsJson);
    }

    [Fact]
    public void The_chains_do_not_depend_on_the_order_in_the_file()
    {
        var lines = Shop.Replace("{ id: paid, type: filter, config", "{ id: paid, type: filter, depends_on: orders, config", StringComparison.Ordinal)
            .Replace("{ id: all, type: parquet,", "{ id: all, depends_on: joined, type: parquet,", StringComparison.Ordinal)
            .Replace("{ id: large_out, type: csv,", "{ id: large_out, depends_on: Large, type: csv,", StringComparison.Ordinal).TrimEnd().Split('\n');

        var turned = PipelineGraph.Parse(string.Join('\n', lines[..3].Concat(lines[3..].Reverse())));

        Assert.Equal(PipelineGraph.Parse(Shop).Chains.Select(c => c.Pipeline.Hash).Order(), turned.Chains.Select(c => c.Pipeline.Hash).Order());
        Assert.Equal("shop", turned.MainPipeline.Dataset);
    }

    [Fact]
    public void A_chain_is_the_pipeline_that_its_canonical_text_says() => Assert.All(PipelineGraph.Parse(Shop).Chains, chain =>
    {
        var alone = Pipeline.Parse(chain.Pipeline.CanonicalJson);

        Assert.Equal((chain.Pipeline.Hash, chain.Pipeline.Dataset), (alone.Hash, alone.Dataset));
    });

    [Fact]
    public void A_union_reads_what_its_steps_give()
    {
        var graph = PipelineGraph.Parse(Head + """
              - { id: a, type: csv, config: { file_path: a.csv } }
              - { id: b, type: csv, config: { file_path: b.csv } }
              - { id: both, type: union, config: { missing_columns: fill }, depends_on: [a, b] }
              - { id: one, type: remove_duplicates }

            """);

        Assert.Equal(["shop-a: a csv | after ", "shop-b: b csv | after ", "shop: both dataset > one | after 0,1"], graph.Chains.Select(Words));
        Assert.Equal("""{"dataset":null,"datasets":["shop-a","shop-b"],"missing_columns":"fill","version":null}""", graph.Chains[2].Pipeline.Source.OptionsJson);
    }

    [Fact]
    public void A_step_joined_with_itself_is_read_twice()
    {
        var graph = PipelineGraph.Parse(Head + "  - { id: a, type: csv, config: { file_path: a.csv } }\n  - { id: j, type: join, config: { 'on': [id] }, depends_on: [a, a] }\n");

        Assert.Equal(["shop-a: a csv | after ", "shop: a dataset > j | after 0"], graph.Chains.Select(Words));
    }

    [Fact]
    public void What_is_one_chain_stays_the_pipeline_that_it_was()
    {
        const string text = Head + "  - { id: a, type: csv, config: { file_path: a.csv } }\n  - { id: s, type: csv_sink, config: { file_path: out.csv } }\n  - { id: f, type: filter, config: { condition: 'x > 1' } }\n";
        var end = Assert.Single(PipelineGraph.Parse(text.Replace("s, type: csv_sink,", "s, type: csv, depends_on: f,", StringComparison.Ordinal)).Chains);

        Assert.Equal("shop: a csv > f > s | after ", Words(end));
        Assert.Null(PipelineGraph.Parse(text.Replace("s, type: csv_sink,", "s, type: csv, depends_on: f,", StringComparison.Ordinal)).Links);
        Assert.Equal(2, PipelineGraph.Parse(text).Chains.Count);
    }

    [Fact]
    public void What_takes_one_chain_refuses_several_and_says_what_takes_them()
    {
        var refused = Assert.Throws<PipelineException>(() => Pipeline.Parse(Shop, "shop.yaml"));

        Assert.Equal(
            "shop.yaml: The pipeline 'Shop' has 3 chains, which make the datasets shop-customers, shop-joined, shop, and this takes a pipeline of one chain. "
            + "'sluice run' and 'sluice explain' take it. For anything else, put the chain that is meant into a file of its own, which reads its input with the source 'dataset'.",
            Assert.Single(refused.Problems).ToString());
    }

    [Theory]
    [InlineData("  - { id: c, type: csv, config: { file_path: c.csv } }\n  - { id: f, type: remove_duplicates }\n", "'c' may read a file or write one: its type is that of a source and of a sink, and 'f' after it does not say what it reads. Write type: csv_connector to read, csv_sink to write.")]
    [InlineData("  - { id: u, type: union, depends_on: [a] }\n", "'u' puts the rows of steps together and names one. Name two or more, or remove it.")]
    [InlineData("  - { id: u, type: union, depends_on: [a, a] }\n", "'u' names 'a' twice: each of its rows would come twice. Name each step once.")]
    [InlineData("  - { id: u, type: union, config: { dataset: x }, depends_on: [a, b] }\n", "'depends_on' names the steps whose rows are read, and 'dataset' names another. Remove one of them.")]
    [InlineData("  - { id: u, type: union }\n", "What is read is named once: 'dataset', or 'datasets', or for a union two steps or more in 'depends_on'.")]
    [InlineData("  - { id: u, type: union, config: { dataset: 'No Name' } }\n", "'No Name' cannot be a dataset. Expected 1 to 64 of a-z, 0-9, '-' and '_', beginning with a letter or digit.")]
    [InlineData("  - { id: u, type: dataset, config: { datasets: [x, y], version: v-1 } }\n", "'version' is that of the one 'dataset'; several datasets are read in their newest versions.")]
    [InlineData("  - { id: j, type: join, config: { 'on': [id], file: t.csv }, depends_on: [a, b] }\n", "'depends_on' names the step that gives the table, and 'file' names another. Remove one of them.")]
    [InlineData("  - { id: j, type: join, config: { 'on': [id] }, depends_on: [a, b, a] }\n", "'j' depends on 3 steps. It reads two at most: the rows, and the table beside them.")]
    [InlineData("  - { id: j, type: join, config: { 'on': [id] }, depends_on: a }\n", "The other table is named once: either 'file', or 'dataset' with or without 'version', or as the second step in 'depends_on'.")]
    [InlineData("  - { id: j, type: join, config: { 'on': [id] }, depends_on: [a, k] }\n  - { id: k, type: join, config: { 'on': [id] }, depends_on: [b, j] }\n", "These steps wait for each other: j → k → j. Remove one 'depends_on'.")]
    [InlineData("  - { id: j, type: join, config: { 'on': [id] }, depends_on: [a, nn] }\n", "'j' depends on 'nn', which does not exist.")]
    [InlineData("  - { id: f, type: remove_duplicates, depends_on: a }\n", "Nothing reads 'b', and it is not the last step: its rows would go nowhere. Let a step or a sink read it (depends_on: b), or remove it.")]
    [InlineData("  - { id: j, type: join, config: { 'on': [id], dataset: shop }, depends_on: a }\n  - { id: u, type: union, depends_on: [j, b] }\n", "'j' reads the newest version of the dataset 'shop', which this pipeline makes. State the version, name another dataset, or let it read a step with 'depends_on'.")]
    [InlineData("  - { id: A, type: remove_duplicates, depends_on: a }\n  - { id: u, type: union, depends_on: [a, A, b] }\n", "Two parts of the pipeline would both make the dataset 'shop-a'. Give the last step of one another id, or the pipeline a shorter 'dataset'.")]
    public void A_graph_that_cannot_be_is_refused(string steps, string expected)
    {
        const string sources = "  - { id: a, type: csv, config: { file_path: a.csv } }\n  - { id: b, type: csv_connector, config: { file_path: b.csv } }\n";

        var refused = Assert.Throws<PipelineException>(() => PipelineGraph.Parse(Head + sources + steps));

        Assert.Contains(refused.Problems, p => p.Message.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void More_chains_than_a_run_keeps_track_of_are_refused()
    {
        var sources = string.Concat(Enumerable.Range(0, 32).Select(i => $"  - {{ id: s{i}, type: csv_connector, config: {{ file_path: a.csv }} }}\n"));
        var union = $"  - {{ id: u, type: union, depends_on: [{string.Join(", ", Enumerable.Range(0, 32).Select(i => $"s{i}"))}] }}\n";

        var refused = Assert.Throws<PipelineException>(() => PipelineGraph.Parse(Head + sources + union));

        Assert.Contains("The pipeline has 33 chains of steps; at most 32 are allowed.", Assert.Single(refused.Problems).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a-very-long-dataset-name-that-fills-nearly-all-of-its-64-letters", "last", "a-very-long-dataset-name-that-fills-nearly-all-of-its-64-le-last")]
    [InlineData("d", "_Step_", "d-_step_")]
    [InlineData("d", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void The_name_of_a_chain_is_one_that_a_dataset_may_have(string dataset, string step, string expected)
    {
        Assert.Equal(expected, ChainCut.NameOf(dataset, step));
        Assert.Matches(PipelineReader.DatasetName, ChainCut.NameOf(dataset, step));
    }

    [Theory]
    [InlineData("  - { id: fill, type: handle_missing, depends_on: a }\n  - { id: u, type: union, depends_on: [fill, b] }\n  - { id: cut, type: split }\n", "learns from all rows, but step 'cut' only then splits them")]
    [InlineData("  - { id: fill, type: handle_missing, depends_on: b }\n  - { id: j, type: join, config: { 'on': [id] }, depends_on: [a, fill] }\n  - { id: cut, type: split }\n", "learns from all rows, but step 'cut' only then splits them")]
    [InlineData("  - { id: cut, type: split, config: { output_column: part }, depends_on: a }\n  - { id: u, type: union, depends_on: [cut, b] }\n  - { id: fill, type: handle_missing }\n", "but step 'cut' writes the sets into 'part'")]
    [InlineData("  - { id: more, type: balance, config: { column: x, method: oversample }, depends_on: a }\n  - { id: u, type: union, depends_on: [more, b] }\n  - { id: one, type: remove_duplicates }\n", "cleans after step 'more'")]
    public void Rules_hold_along_the_ways_through_a_graph(string steps, string expected)
    {
        const string sources = "  - { id: a, type: csv, config: { file_path: a.csv } }\n  - { id: b, type: csv_connector, config: { file_path: b.csv } }\n";

        var refused = Assert.Throws<PipelineException>(() => PipelineGraph.Parse(Head + sources + steps));

        Assert.Contains(refused.Problems, p => p.Message.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Branches_beside_each_other_do_not_leak_into_each_other()
    {
        const string branches = """
              - { id: a, type: csv, config: { file_path: a.csv } }
              - { id: fill, type: handle_missing, depends_on: a }
              - { id: out, type: parquet, config: { file_path: filled.parquet } }
              - { id: cut, type: split, depends_on: a }

            """;

        Assert.Equal(3, PipelineGraph.Parse(Head + branches).Chains.Count);
    }

    [Fact]
    public void Every_graph_is_cut_so_that_each_step_is_in_one_chain_after_what_it_reads()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var lines = new List<string>();
            var data = new List<string>();
            for (var i = 0; i < random.Next(1, 9); i++)
            {
                string Any() => data[random.Next(data.Count)];
                var id = $"n{i}";
                lines.Add(random.Next(i == 0 ? 1 : 5) switch
                {
                    0 => $"{{ id: {id}, type: csv_connector, config: {{ file_path: {id}.csv }} }}",
                    1 when data.Count > 1 => $"{{ id: {id}, type: union, depends_on: [{string.Join(", ", data.OrderBy(_ => random.Next()).Take(2))}] }}",
                    2 => $"{{ id: {id}, type: join, config: {{ 'on': [id] }}, depends_on: [{Any()}, {Any()}] }}",
                    _ => $"{{ id: {id}, type: remove_duplicates, depends_on: {Any()} }}",
                });
                data.Add(id);
            }

            lines.AddRange(data.Select(id => $"{{ id: out_{id}, type: csv_sink, config: {{ file_path: {id}.out }}, depends_on: {id} }}").Where((_, i) => i < data.Count - 1 || random.Next(2) == 0));
            string Text(IEnumerable<string> entries) => Head + string.Concat(entries.Select(l => $"  - {l}\n"));

            var graph = PipelineGraph.Parse(Text(lines));
            var turned = PipelineGraph.Parse(Text(lines.Where(l => l.Contains("out_", StringComparison.Ordinal)).Concat(lines.Where(l => !l.Contains("out_", StringComparison.Ordinal)))));

            // What a chain goes on with is a step of the chain before it; a union is a source of its own.
            var own = graph.Chains.SelectMany(c => c.Pipeline.Steps.Select(s => s.Group).Concat(c.Pipeline.Source.Source is DatasetSource { Names.Count: 1 } ? [] : [c.Pipeline.Source.Id])).ToList();
            Assert.True(own.Order().SequenceEqual(data.Order()), $"seed {seed}: {string.Join(' ', own)}");
            Assert.All(graph.Chains.Select((c, i) => (c, i)), c => Assert.All(c.c.After, read => Assert.InRange(read, 0, c.i - 1)));
            Assert.Equal(graph.Chains.Count, graph.Chains.Select(c => c.Pipeline.Dataset).Distinct().Count());
            Assert.Equal(graph.Chains.Select(c => c.Pipeline.Hash), turned.Chains.Select(c => c.Pipeline.Hash));
            Assert.All(graph.Chains, c => Assert.Equal(c.Pipeline.Hash, Pipeline.Parse(c.Pipeline.CanonicalJson).Hash));
        }
    }

    static string Words(PipelineChain chain)
    {
        var pipeline = chain.Pipeline;
        return $"{pipeline.Dataset}: {string.Join(" > ", pipeline.Steps.Select(s => s.Id).Concat(pipeline.Sinks.Select(s => s.Id)).Prepend($"{pipeline.Source.Id} {pipeline.Source.Type}"))} | after {string.Join(',', chain.After)}";
    }
}
