using System.Text.Json;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Connectors;

public sealed class ExcelSourceTests : IDisposable
{
    static readonly object?[] header = ["name", "n"];

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Cells_keep_their_types()
    {
        Write(
            ["text", "whole", "real", "flag", "day", "at", "time", "mixed", "number as text", "nothing"],
            ["a", 1, 1.5, true, new DateTime(2024, 2, 29), new DateTime(2024, 2, 29, 13, 30, 15), new TimeOnly(8, 5), 1, "007", null],
            [null, 2, 2, false, new DateTime(1900, 3, 1), new DateTime(2024, 1, 1), new TimeOnly(23, 59, 59), "x", "1", null]);

        var batch = Assert.Single(await Read()).Batch;

        Assert.Equal(
            new Schema(
            [
                new("text", ColumnType.Text), new("whole", ColumnType.Int64, false), new("real", ColumnType.Float64, false), new("flag", ColumnType.Boolean, false),
                new("day", ColumnType.Date, false), new("at", ColumnType.Timestamp, false), new("time", ColumnType.Text, false), new("mixed", ColumnType.Text, false, "mixed"),
                new("number as text", ColumnType.Text, false), new("nothing", ColumnType.Text, true, "empty"),
            ]),
            batch.Schema);
        Assert.Equal(["a", "1", "1.5", "true", "2024-02-29", "2024-02-29T13:30:15", "08:05:00", "1", "007", ""], batch.Columns.Select(column => column.Display(0)));
        Assert.Equal(["", "2", "2", "false", "1900-03-01", "2024-01-01T00:00:00", "23:59:59", "x", "1", ""], batch.Columns.Select(column => column.Display(1)));
    }

    [Fact]
    public async Task Names_are_found_below_a_title_and_blank_rows_are_skipped()
    {
        Write(["Report of the year"], [], ["name", "n", null, "n"], ["a", 1, null, 5], [], ["b", 2, null, 6]);

        var batch = Assert.Single(await Read()).Batch;

        Assert.Equal("name, n, n_2", batch.Schema.Names);
        Assert.Equal([1L, 2], batch.Int64("n").ToArray());
    }

    [Fact]
    public async Task Without_names_columns_are_numbered()
    {
        Write([1, "a"], [2, "b"]);

        Assert.Equal("column_1, column_2", Assert.Single(await Read()).Batch.Schema.Names);
        Assert.Equal(2, Assert.Single(await Read()).Batch.Rows);
    }

    [Theory]
    [InlineData(0, "column_1, column_2", 3)]
    [InlineData(1, "x, y", 2)]
    [InlineData(2, "1, 2", 1)]
    public async Task The_row_of_the_names_can_be_given(int row, string names, int rows)
    {
        Write(["x", "y"], [1, 2], [3, 4]);

        var batch = Assert.Single(await Read(new() { FilePath = "a.xlsx", HeaderRow = row })).Batch;

        Assert.Equal((names, rows), (batch.Schema.Names, batch.Rows));
    }

    [Fact]
    public async Task Merged_cells_repeat_their_value_or_not()
    {
        Workbook.Write(folder.File("a.xlsx"), ("S", false, [["Title of it all"], header, ["a", 1], [null, 2], [null, 3], ["b", 4]], ["A1:B1", "A3:A5"]));

        var repeated = Assert.Single(await Read(new() { FilePath = "a.xlsx" })).Batch;
        var first = Assert.Single(await Read(new() { FilePath = "a.xlsx", Merged = MergedCells.First })).Batch;

        Assert.Equal(["a", "a", "a", "b"], Enumerable.Range(0, 4).Select(repeated["name"].Display));
        Assert.Equal(["a", "", "", "b"], Enumerable.Range(0, 4).Select(first["name"].Display));
    }

    [Fact]
    public async Task A_row_with_an_error_is_rejected_with_its_reason_or_the_cell_is_missing()
    {
        Write(header, ["a", 1], ["b", "#DIV/0!"], ["c", 3]);

        var rejecting = Assert.Single(await Read());
        var missing = Assert.Single(await Read(new() { FilePath = "a.xlsx", Errors = CellErrors.Missing }));

        Assert.Equal(new RejectedRecord(3, "n", "cell_error", "#DIV/0!"), Assert.Single(rejecting.Rejected));
        Assert.Equal([1L, 3], rejecting.Batch.Int64("n").ToArray());
        Assert.Empty(missing.Rejected);
        Assert.Equal((3, 1), (missing.Batch.Rows, missing.Batch["n"].CountNulls()));
    }

    [Fact]
    public async Task Sheets_are_chosen_by_name_number_or_all()
    {
        Workbook.Write(
            folder.File("a.xlsx"),
            ("Empty", false, [], []), ("Secret", true, [header, ["s", 0]], []), ("2", false, [header, ["a", 1]], []), ("More", false, [["name", "sheet"], ["b", "x"]], []));

        Assert.Equal("a", Assert.Single(await Read()).Batch["name"].Display(0));
        Assert.Equal("a", Assert.Single(await Read(new() { FilePath = "a.xlsx", Sheet = "2" })).Batch["name"].Display(0));
        Assert.Equal("b", Assert.Single(await Read(new() { FilePath = "a.xlsx", Sheet = "4" })).Batch["name"].Display(0));
        var all = await Read(new() { FilePath = "a.xlsx", Sheet = "*" });
        Assert.Equal(["Secret", "2", "More"], all.Select(shard => shard.Batch["sheet"].Display(0)));
        Assert.Equal("sheet, name, sheet_2", all[2].Batch.Schema.Names);
        var refused = await Assert.ThrowsAsync<SourceException>(() => Read(new() { FilePath = "a.xlsx", Sheet = "Nobody" }));
        Assert.Equal(
            "The Excel file \"a.xlsx\" has no sheet \"Nobody\". It has: \"Empty\", \"Secret\", \"2\", \"More\". Set sheet to one of them, to a number from 1 to 4, or to \"*\".",
            refused.Message);
    }

    [Fact]
    public async Task Shards_hold_every_row_once_and_unchanged_ones_are_the_same_after_an_insertion()
    {
        var rows = Enumerable.Range(0, 2000).Select(i => new object?[] { $"name {i * 7919 % 1000}", i }).ToList();
        Workbook.Write(folder.File("a.xlsx"), ("S", false, [header, .. rows], []));
        Workbook.Write(folder.File("b.xlsx"), ("S", false, [header, ["new", -1], .. rows], []));
        var cut = new ShardCut { TargetBytes = 2048 };

        var before = await Read(new() { FilePath = "a.xlsx" }, cut);
        var after = await Read(new() { FilePath = "b.xlsx" }, cut);

        Assert.InRange(before.Count, 3, 60);
        Assert.Equal(Enumerable.Range(0, 2000).Select(i => (long)i), before.SelectMany(shard => shard.Batch.Int64("n").ToArray()));
        Assert.Equal(before[^1].Batch.Int64("n").ToArray(), after[^1].Batch.Int64("n").ToArray());
    }

    [Fact]
    public async Task A_schema_is_met_exactly()
    {
        Write(["i", "d", "t"], [1, new DateTime(2024, 1, 2), "x"]);
        var schema = new Schema([new("new", ColumnType.Float64), new("i", ColumnType.Float64), new("d", ColumnType.Timestamp), new("t", ColumnType.Text)]);

        var batch = Assert.Single(await Read(schema: schema)).Batch;

        Assert.Equal(schema, batch.Schema);
        Assert.Equal(["", "1", "2024-01-02T00:00:00", "x"], batch.Columns.Select(column => column.Display(0)));
    }

    [Fact]
    public async Task What_is_no_workbook_is_one_clear_error()
    {
        folder.Write("empty.xlsx", "");
        folder.Write("text.xlsx", "a,b\n1,2\n");
        folder.Write("zip.xlsx", "PK\u0003\u0004 cut off");
        Write(header, ["a", 1]);
        File.WriteAllBytes(folder.File("cut.xlsx"), File.ReadAllBytes(folder.File("a.xlsx"))[..^40]);
        Workbook.Write(folder.File("norows.xlsx"), ("S", false, [header], []));

        Assert.Equal(
            "The Excel file \"empty.xlsx\" is empty: found 0 bytes, expected an .xlsx, .xlsb or .xls workbook. Save it again, or leave it out.", await Refusal("empty.xlsx"));
        foreach (var name in new[] { "text.xlsx", "zip.xlsx", "cut.xlsx" })
        {
            Assert.Matches($"^The Excel file \"{name}\" cannot be read: .*\\. Expected a whole \\.xlsx, \\.xlsb or \\.xls workbook\\. Open it in Excel and save it again\\.$", await Refusal(name));
        }

        Assert.Equal(
            "The Excel file \"norows.xlsx\" has no rows below its column names. Expected at least one. Choose another sheet with the option sheet, or set header_row.",
            await Refusal("norows.xlsx"));
    }

    [Fact]
    public async Task Too_many_columns_are_refused()
    {
        Write(header, ["a", 1]);

        var refused = await Assert.ThrowsAsync<SourceException>(() => Read(cut: new ShardCut { MaxColumns = 1 }));

        Assert.StartsWith("The Excel file \"a.xlsx\" has 2 columns in sheet \"S\"; the limit is 1.", refused.Message);
    }

    [Fact]
    public async Task Listing_can_be_cancelled()
    {
        Write(header, ["a", 1]);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in new ExcelSource(new() { FilePath = "a.xlsx" }).ListShardsAsync(Inputs(folder.Path), new ShardCut(), new CancellationToken(canceled: true)))
            {
            }
        });
    }

    [SharedDataFact("excel/exceldatareader")]
    public async Task Every_public_workbook_is_read_or_refused_with_one_clear_error()
    {
        var data = SharedData.At("excel/exceldatareader");
        var read = 0;
        foreach (var file in Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories).Where(file => Path.GetExtension(file) is ".xls" or ".xlsx" or ".xlsb" or ".xlsm"))
        {
            var name = Path.GetRelativePath(data, file).Replace('\\', '/');
            try
            {
                Assert.NotEmpty(await Read(new() { FilePath = name, Sheet = "*" }, folder: data));
                read++;
            }
            catch (SourceException refused)
            {
                Assert.StartsWith($"The Excel file \"{name}\" ", refused.Message);
                Assert.True(
                    name.Contains("pwd", StringComparison.Ordinal) == refused.Message.Contains("is protected by a password", StringComparison.Ordinal)
                    || name.Contains("EmptyZipFile", StringComparison.Ordinal) || name.Contains("crypto", StringComparison.Ordinal),
                    refused.Message);
            }
        }

        Assert.InRange(read, 80, 200);
    }

    [SharedDataFact("excel/exceldatareader")]
    public void Cells_are_those_that_another_reader_sees()
    {
        var data = SharedData.At("excel/exceldatareader");
        var compared = 0;
        foreach (var expected in Directory.EnumerateFiles(data, "*.openpyxl.json", SearchOption.AllDirectories))
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(expected));
            using var book = new ExcelBook(expected[..^".openpyxl.json".Length], expected);
            do
            {
                if (json.RootElement.TryGetProperty(book.Name, out var sheet))
                {
                    compared += Compare(book, sheet.GetProperty("rows"), $"{Path.GetFileName(expected)} {book.Name}");
                }
            }
            while (book.NextSheet());
        }

        Assert.InRange(compared, 700, int.MaxValue);
    }

    static int Compare(ExcelBook book, JsonElement rows, string where)
    {
        var compared = 0;
        foreach (var (number, cells) in book.Rows().Where(row => row.Number <= rows.GetArrayLength()))
        {
            for (var column = 0; column < Math.Min(cells.Length, rows[number - 1].GetArrayLength()); column++)
            {
                var expected = Text(rows[number - 1][column]);
                var found = cells[column].Kind is ExcelKind.Int64 or ExcelKind.Float64 ? Number(cells[column].Number) : cells[column].Display();
                if (expected != found)
                {
                    Assert.Fail($"{where}, row {number}, column {column + 1}: expected '{expected}', found '{found}' ({cells[column].Kind})");
                }

                compared += expected.Length > 0 ? 1 : 0;
            }
        }

        Assert.True(compared == rows.EnumerateArray().Sum(row => row.EnumerateArray().Count(cell => Text(cell).Length > 0)), $"{where}: cells are missing");
        return compared;
    }

    static string Text(JsonElement cell) => cell.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.Number => Number(cell.GetDouble()),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Object when cell.GetProperty("v").GetString() is { } time => time.EndsWith("T00:00:00", StringComparison.Ordinal) ? time[..10] : time,
        _ => cell.GetString()!,
    };

    static string Number(double value) => value.ToString("G12", System.Globalization.CultureInfo.InvariantCulture);

    async Task<string> Refusal(string name) => (await Assert.ThrowsAsync<SourceException>(() => Read(new() { FilePath = name }))).Message;

    void Write(params object?[][] rows) => Workbook.Write(folder.File("a.xlsx"), ("S", false, rows, []));

    static FolderInputs Inputs(string folder) => new([folder], folder);

    async Task<List<ShardRows>> Read(ExcelSource.Options? options = null, ShardCut? cut = null, Schema? schema = null, string? folder = null)
    {
        var source = new ExcelSource(options ?? new() { FilePath = "a.xlsx" });
        var inputs = Inputs(folder ?? this.folder.Path);
        var rows = new List<ShardRows>();
        await foreach (var shard in source.ListShardsAsync(inputs, cut ?? new ShardCut(), default))
        {
            var read = await source.ReadAsync(inputs, shard, schema, default);
            Assert.Equal(shard.Records, read.Batch.Rows + read.Rejected.Count);
            rows.Add(read);
        }

        return rows;
    }
}
