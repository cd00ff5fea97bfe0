using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Connectors;

/// <summary>Hostile tables. A failure prints the seed that replays it.</summary>
public sealed class CsvFuzzTests : IDisposable
{
    // Every plane of Unicode, what CSV is made of, and what programs stumble over.
    static readonly string[] pieces =
    [
        "a", "Z", "0", "1", "-1.5", "1e9", "NaN", "∞", "null", "2020-01-31", ",", ";", "\t", "|", "\"", "\"\"", "'", "\\", " ", "\n", "\r", "\r\n", "\uFEFF", "\u0001", "\u001F", "\u0085",
        "é", "e\u0301", "\u202E", "日本", "\uFFFD", "\uFFFF", "\U00010000", "🎈", "\U00020000", "\U00030000", "\U000E0001", "\U000F0000", "\U0010FFFF", new string('x', 1000),
    ];

    static readonly Gen<string> cells = Gen.Elements(pieces).ListOf().Select(string.Concat);

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_table_that_is_written_properly_is_read_as_it_was() =>
        Prop.ForAll(Tables(), table =>
        {
            folder.Put("a.csv", Written(table, ','));
            var options = new CsvSource.Options { FilePath = "a.csv", Delimiter = ",", Quote = "\"", Escape = "none", Trim = false, Header = "false", Encoding = "utf-8" };

            Assert.Equal(table.Select(r => string.Join('␟', r)), TextsAsync(new CsvSource(options)).GetAwaiter().GetResult());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_is_read_or_refused_with_one_clear_error_and_nothing_is_lost() =>
        Prop.ForAll(cells.ListOf().Select(string.Concat).ToArbitrary(), text =>
        {
            folder.Put("a.csv", text);
            try
            {
                // Rows and rejected records are as many as were listed, or reading throws something else.
                Read(new CsvSource.Options { FilePath = "a.csv" }, 64);
            }
            catch (SourceException refused)
            {
                Assert.StartsWith("The file \"a.csv\" ", refused.Message, StringComparison.Ordinal);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_bytes_are_read_or_refused_with_one_clear_error() =>
        Prop.ForAll(Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf().ToArbitrary(), bytes =>
        {
            folder.Put("a.csv", bytes);
            try
            {
                Read(new CsvSource.Options { FilePath = "a.csv" }, 64);
            }
            catch (SourceException refused)
            {
                Assert.StartsWith("The file \"a.csv\" ", refused.Message, StringComparison.Ordinal);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_cut_does_not_change_what_is_read() =>
        Prop.ForAll(Tables(), Gen.Elements(',', ';', '\t', '|').ToArbitrary(), (table, delimiter) =>
        {
            folder.Put("a.csv", Written(table, delimiter));
            var options = new CsvSource.Options { FilePath = "a.csv" };
            try
            {
                var (small, large) = (Read(options, 16), Read(options, 1 << 20));
                Assert.Equal(large.Rows, small.Rows);
                Assert.Equal(large.Rejected, small.Rejected);
            }
            catch (SourceException refused)
            {
                Assert.StartsWith("The file \"a.csv\" ", refused.Message, StringComparison.Ordinal);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Ten_thousand_columns_equal_names_and_a_cell_of_a_megabyte_are_read()
    {
        var names = string.Join(',', Enumerable.Repeat("same", 10_000));
        var row = string.Join(',', Enumerable.Range(0, 9_999)) + ",\"" + new string('é', 1 << 19) + "\"";
        folder.Put("a.csv", names + "\n" + row + "\n" + row + "\n");

        var found = Read(new CsvSource.Options { FilePath = "a.csv" }, 1 << 20);

        Assert.Equal((10_000, 2), (found.Schema.Count, found.Batch.Rows));
        Assert.Equal("same_10000", found.Schema[9_999].Name);
        Assert.Equal(1 << 20, ((TextColumn)found.Batch[9_999])[1].Length);
    }

    [Fact]
    public void Zero_bytes_reject_their_records()
    {
        var many = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"{i},x\n"));
        folder.Put("a.csv", "id,name\n" + many + "1,\0\n2,y\n");

        var found = Read(new CsvSource.Options { FilePath = "a.csv" }, 4096);

        Assert.Equal(["40002:zero_byte"], found.Reasons);
        Assert.Equal(40_001, found.Batch.Rows);
    }

    /// <summary>Columns alike in number, a first cell that is never empty: a record of one empty field is a blank line.</summary>
    static Arbitrary<string[][]> Tables() =>
        Gen.Choose(1, 6).SelectMany(columns => cells.ListOf(columns).Select(r => r.Select((cell, i) => i == 0 ? "x" + cell : cell).ToArray()).NonEmptyListOf())
            .Select(rows => rows.ToArray()).ToArbitrary();

    static string Written(string[][] table, char delimiter) =>
        string.Concat(table.Select(row => string.Join(delimiter, row.Select(cell => "\"" + cell.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"")) + "\n"));

    Everything Read(CsvSource.Options options, int target) => new CsvSource(options).ReadAllAsync(folder.Inputs(), SourceReading.Cut(target)).GetAwaiter().GetResult();

    async Task<List<string>> TextsAsync(CsvSource source)
    {
        var texts = new List<string>();
        var columns = (await source.DetectAsync(folder.Inputs(), default)).Columns;
        var schema = new Schema(columns.Select(c => new Field(c, ColumnType.Text)));
        foreach (var shard in await source.ListAsync(folder.Inputs(), SourceReading.Cut(64)))
        {
            var batch = (await source.ReadAsync(folder.Inputs(), shard, schema, default)).Batch;
            texts.AddRange(Enumerable.Range(0, batch.Rows).Select(row => string.Join('␟', batch.Columns.Select(c => c.IsNull(row) ? "" : Encoding.UTF8.GetString(((TextColumn)c)[row])))));
        }

        return texts;
    }
}
