using System.Text;

namespace Sluice.EndToEnd.Tests.BadInput;

/// <summary>Inputs that cannot be read end a run with exit code 3 and one error that says what, where, found, expected, and what to do.</summary>
public sealed class BadSourceTests : IDisposable
{
    const int SourceFailed = 3;
    readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("csv", "data.csv", "The file \"data.csv\" is empty. Expected a header or at least one record. Check that it was written completely, or take it out of file_path.")]
    [InlineData("json", "data.json", "The file \"data.json\" is empty. Expected a JSON array or one JSON value a line. Check that it was written completely, or take it out of file_path.")]
    [InlineData("parquet", "data.parquet", "The Parquet file \"data.parquet\" is empty: found 0 bytes, expected a Parquet file. Write it again, or leave it out.")]
    [InlineData("excel", "data.xlsx", "The Excel file \"data.xlsx\" is empty: found 0 bytes, expected an .xlsx, .xlsb or .xls workbook. Save it again, or leave it out.")]
    [InlineData("text", "data.txt", "The file \"data.txt\" is empty. Expected text. Check that it was written completely, or take it out of file_path.")]
    public async Task An_empty_file(string type, string name, string expected)
    {
        folder.Write(name, "");
        folder.Write("pipeline.yaml", BadRun.Yaml(type, name));

        Assert.Equal(expected, await BadRun.ErrorAsync(folder, SourceFailed));
    }

    [Fact]
    public async Task A_missing_file_leaves_not_even_a_store()
    {
        folder.Write("pipeline.yaml", BadRun.Yaml(input: "nowhere/data.csv"));

        Assert.Equal(
            $"The input \"nowhere/data.csv\" does not exist: there is no file or folder \"{folder["nowhere/data.csv"]}\". "
            + $"Check file_path; a relative path starts at \"{folder.Path}\".",
            await BadRun.ErrorAsync(folder, SourceFailed));
        Assert.Equal([folder["pipeline.yaml"]], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_pattern_that_matches_nothing()
    {
        folder.Write("in/data.txt", "x");
        folder.Write("pipeline.yaml", BadRun.Yaml(input: "in/*.csv"));

        Assert.StartsWith($"The input pattern \"in/*.csv\" matches no file in \"{folder["in"]}\". Expected at least one; ", await BadRun.ErrorAsync(folder, SourceFailed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Parquet_file_that_was_cut_off()
    {
        folder.Write("whole.csv", "id,name\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"{i},name {i}\n")));
        Assert.Equal(0, (await SluiceProcess.RunAsync(folder.Path, "read", "whole.csv", "-o", "whole.parquet")).ExitCode);
        var whole = await File.ReadAllBytesAsync(folder["whole.parquet"]);
        folder.Write("data.parquet", whole[..(whole.Length / 2)]);
        folder.Write("pipeline.yaml", BadRun.Yaml("parquet", "data.parquet"));

        Assert.Equal(
            $"The Parquet file \"data.parquet\" is cut off or no Parquet file: found {whole.Length / 2:N0} bytes that do not end with PAR1. "
            + "Expected a whole Parquet file; copy it again, or correct the type of the source.",
            await BadRun.ErrorAsync(folder, SourceFailed));
    }

    [Theory]
    [InlineData("csv", "data.csv", "a,b\n1,x\n2,", ", encoding: utf-8, on_bad_row: fail",
        "The file \"data.csv\" has a record on line 3 that cannot be read (invalid_utf8): found \"2,\uFFFD\uFFFD\". Expected text in utf-8. "
        + "Correct the line, set encoding to what the file is written in, or set on_bad_row: reject to go on without it.")]
    [InlineData("jsonl", "data.jsonl", "{\"a\": 1}\n", ", on_bad_row: fail",
        "The file \"data.jsonl\" is not valid JSON at line 2, column 1: found \"\uFFFD\uFFFD\" (bytes that are not UTF-8). "
        + "Expected one JSON value a line. Correct the file there, or have it written anew.")]
    public async Task Bytes_that_are_not_UTF8(string type, string name, string before, string options, string expected)
    {
        folder.Write(name, [.. Encoding.UTF8.GetBytes(before), 0xFF, 0xFE, (byte)'\n']);
        folder.Write("pipeline.yaml", BadRun.Yaml(type, name, options: options));

        Assert.Equal(expected, await BadRun.ErrorAsync(folder, SourceFailed));
    }

    [Theory]
    [InlineData("csv", "data.csv", "a,b\n1,x\n2,", "", "Expected shorter records. Correct the line, check the options delimiter and quote, or raise max_record_bytes under optimization.")]
    [InlineData("text", "data.txt", "short\nalso short\n", ", unit: line", "Expected shorter records, one a line. Check that the file is of this type and complete, or raise max_record_bytes under optimization.")]
    public async Task A_line_of_10_MB(string type, string name, string before, string options, string expected)
    {
        folder.Write(name, before + new string('y', 10_000_000) + "\n3,z\n");
        folder.Write("pipeline.yaml", BadRun.Yaml(type, name, options: options));

        Assert.Equal($"The file \"{name}\" has a record on line 3 that is longer than 8,388,608 bytes, the limit. {expected}", await BadRun.ErrorAsync(folder, SourceFailed));
    }

    [Fact]
    public async Task A_table_of_a_million_columns()
    {
        folder.Write("data.csv", string.Join(',', Enumerable.Range(0, 1_000_000).Select(i => $"c{i}")) + "\n" + string.Join(',', Enumerable.Repeat("1", 1_000_000)) + "\n");
        folder.Write("pipeline.yaml", BadRun.Yaml());

        Assert.Equal(
            "The file \"data.csv\" has 1,000,000 columns (delimiter ','); a table may have 10,000. Expected fewer. "
            + "Transpose the table, correct the option delimiter, or raise max_columns under optimization.",
            await BadRun.ErrorAsync(folder, SourceFailed));
    }

    [Theory]
    [InlineData(
        new byte[] { 0x1F, 0x8B, 8, 0, 1, 2, 3 },
        "The file \"data.csv\" is compressed (Gzip) and cannot be unpacked: the gzip data ends too early. Expected a whole file. Copy or download it again.")]
    [InlineData(
        new byte[] { (byte)'a', (byte)',', 0, (byte)'b' },
        "The file \"data.csv\" is not CSV: found a zero byte at position 2, so it is binary, or UTF-16 without a byte order mark (set encoding: utf-16le). "
        + "Expected text. Check file_path and the type of the source.")]
    public async Task A_binary_file(byte[] bytes, string error)
    {
        folder.Write("data.csv", bytes);
        folder.Write("pipeline.yaml", BadRun.Yaml());

        Assert.Equal(error, await BadRun.ErrorAsync(folder, SourceFailed));
    }
}
