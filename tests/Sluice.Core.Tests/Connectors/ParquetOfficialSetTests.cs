using System.Text;
using System.Text.RegularExpressions;
using Sluice.Batches;
using Sluice.Connectors;

namespace Sluice.Core.Tests.Connectors;

/// <summary>The interoperability files of the Parquet project.</summary>
public sealed class ParquetOfficialSetTests
{
    [SharedDataFact("parquet/parquet-testing")]
    public async Task Every_readable_file_of_the_official_set_is_read()
    {
        var data = SharedData.At("parquet/parquet-testing/data");
        var inputs = new FolderInputs([data], data);
        var failed = new StringBuilder();
        foreach (var file in await inputs.ListAsync("*.parquet", default))
        {
            try
            {
                var rows = 0;
                var source = new ParquetSource(new ParquetSource.Options { FilePath = file.Path });
                await foreach (var shard in source.ListShardsAsync(inputs, new ShardCut(), default))
                {
                    rows += (await source.ReadAsync(inputs, shard, null, default)).Batch.Rows;
                }
            }
            catch (SourceException e) when (file.Path == "large_string_map.brotli.parquet")
            {
                // Two rows of 1 GiB of text each, to see whether readers overflow: far beyond the limit of a record, and refused as such.
                Assert.StartsWith("The Parquet file \"large_string_map.brotli.parquet\" has records of 1,073,", e.Message);
                Assert.Contains("raise max_record_bytes under optimization", e.Message, StringComparison.Ordinal);
            }
            catch (SourceException e)
            {
                failed.AppendLine(e.Message);
            }
        }

        Assert.Equal("", failed.ToString());
    }

    [SharedDataFact("parquet/parquet-testing")]
    public async Task A_page_of_two_gigabytes_is_one_clear_error_whatever_the_limit()
    {
        var data = SharedData.At("parquet/parquet-testing/data");
        var source = new ParquetSource(new ParquetSource.Options { FilePath = "large_string_map.brotli.parquet" });

        var refused = await Assert.ThrowsAsync<SourceException>(
            () => source.ListShardsAsync(new FolderInputs([data], data), new ShardCut { MaxRecordBytes = int.MaxValue }, default).ToListAsync().AsTask());

        Assert.StartsWith("The Parquet file \"large_string_map.brotli.parquet\" has a page or a cell that does not fit into the memory DuckDB may take:", refused.Message);
    }

    [SharedDataFact("parquet/parquet-testing")]
    public async Task Every_bad_file_of_the_official_set_is_one_clear_error()
    {
        var data = SharedData.At("parquet/parquet-testing/bad_data");
        var inputs = new FolderInputs([data], data);
        foreach (var file in await inputs.ListAsync("*.parquet", default))
        {
            if (file.Path == "ARROW-GH-43605.parquet")
            {
                // It made a reader divide by zero: a dictionary of one value, whose indexes take 0 bits. Nothing in the format forbids that.
                continue;
            }

            var source = new ParquetSource(new ParquetSource.Options { FilePath = file.Path });
            var refused = await Assert.ThrowsAsync<SourceException>(async () =>
            {
                await foreach (var shard in source.ListShardsAsync(inputs, new ShardCut(), default))
                {
                    await source.ReadAsync(inputs, shard, null, default);
                }
            });
            Assert.StartsWith($"The Parquet file \"{file.Path}\" ", refused.Message);
        }
    }

    [SharedDataFact("parquet/parquet-testing")]
    public async Task Deprecated_lz4_gives_the_rows_of_the_same_file_in_its_new_form()
    {
        var expected = await Read("lz4_raw_compressed.parquet");

        foreach (var name in new[] { "hadoop_lz4_compressed.parquet", "non_hadoop_lz4_compressed.parquet" })
        {
            Assert.Equal(Rows(expected), Rows(await Read(name)));
        }

        Assert.Equal(Rows(await Read("lz4_raw_compressed_larger.parquet")), Rows(await Read("hadoop_lz4_compressed_larger.parquet")));
    }

    [SharedDataFact("parquet/parquet-testing")]
    public async Task Split_bytes_of_any_type_give_the_values_of_the_plain_columns()
    {
        var batch = await Read("byte_stream_split_extended.gzip.parquet");

        for (var column = 0; column < batch.Schema.Count; column += 2)
        {
            Assert.Equal(Enumerable.Range(0, batch.Rows).Select(batch[column].Display), Enumerable.Range(0, batch.Rows).Select(batch[column + 1].Display));
        }
    }

    [SharedDataFact("parquet/parquet-testing")]
    public async Task A_map_without_values_is_a_list_of_keys()
    {
        var batch = await Read("map_no_value.parquet");

        Assert.Equal("[1,2,3]", batch["my_map_no_v"].Display(0));
        Assert.Equal("{\"1\":null,\"2\":null,\"3\":null}", batch["my_map"].Display(0));
        Assert.Equal("[1,2,3]", batch["my_list"].Display(0));
    }

    [SharedDataFact("parquet/parquet-testing")]
    public async Task Values_are_those_that_the_set_expects()
    {
        foreach (var name in new[] { "delta_binary_packed", "delta_byte_array", "delta_encoding_optional_column", "delta_encoding_required_column" })
        {
            var batch = await Read(name + ".parquet");
            var lines = await File.ReadAllLinesAsync(SharedData.At($"parquet/parquet-testing/data/{name}_expect.csv"));
            for (var row = 0; row < batch.Rows; row++)
            {
                var fields = Regex.Matches(lines[row + 1], "(?:^|,)(?:\"([^\"]*)\"|([^,]*))").Select(match => match.Groups[1].Value + match.Groups[2].Value).ToArray();
                Assert.Equal(fields, batch.Columns.Select(column => column.Display(row)));
            }

            Assert.Equal(lines.Length - 1, batch.Rows);
        }
    }

    static IEnumerable<string> Rows(Batch batch) => Enumerable.Range(0, batch.Rows).Select(row => string.Join('|', batch.Columns.Select(column => column.Display(row))));

    static async Task<Batch> Read(string name)
    {
        var data = SharedData.At("parquet/parquet-testing/data");
        var inputs = new FolderInputs([data], data);
        var source = new ParquetSource(new ParquetSource.Options { FilePath = name });
        await foreach (var shard in source.ListShardsAsync(inputs, new ShardCut(), default))
        {
            return (await source.ReadAsync(inputs, shard, null, default)).Batch;
        }

        throw new InvalidOperationException("No shards.");
    }
}
