using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Sluice.Connectors;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Connectors;

/// <summary>Binary workbooks: those that Excel wrote beside their twins in XML, some made byte by byte, and damaged ones.</summary>
public sealed class ExcelBinaryTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [SharedDataFact("excel/exceldatareader")]
    public void Cells_are_those_of_the_same_workbook_in_xml()
    {
        var (files, cells) = (0, 0);
        foreach (var file in Directory.EnumerateFiles(SharedData.At("excel/exceldatareader"), "*.xlsb", SearchOption.AllDirectories).Where(f => !f.Contains("pwd", StringComparison.Ordinal)))
        {
            var twin = Path.ChangeExtension(file, ".xlsx");
            if (!File.Exists(twin) || file.Contains("EmptyZipFile", StringComparison.Ordinal))
            {
                continue;
            }

            var (binary, xml) = (Cells(file), Cells(twin));

            Assert.Equal(xml, binary);
            files++;
            cells += xml.Count;
        }

        Assert.InRange(files, 10, 100);
        Assert.InRange(cells, 1_000, int.MaxValue);
    }

    [Fact]
    public void Every_kind_of_cell_is_read()
    {
        Write(
            Row(0), Cell(6, 0, Text("name")), Cell(6, 1, Text("value")),
            Row(2), Cell(7, 0, U32(0)), Cell(2, 1, U32(unchecked((uint)(-5 << 2)) | 2)),
            Row(3), Cell(7, 0, U32(1)), Cell(2, 1, U32((12_345 << 2) | 3)),
            Row(4), Cell(62, 0, [1, .. Text("rich _x0041_ \u0001\r\n\uD800")]), Cell(5, 1, F64(0.1)),
            Row(5), Cell(8, 0, [.. Text("formula"), 1, 2, 3]), Cell(9, 1, [.. F64(2.5), 1, 2]),
            Row(6), Cell(3, 0, [0x2A]), Cell(11, 1, [0x07, 9]),
            Row(7), Cell(4, 0, [1]), Cell(10, 1, [0]),
            Row(8), Cell(1, 0, []), Cell(5, 1, F64(45_351), style: 1),
            Row(9), Cell(2, 1, U32((uint)(BitConverter.DoubleToInt64Bits(1.5) >> 32) & ~3u), style: 2),
            Record(176, [.. U32(9), .. U32(9), .. U32(0), .. U32(1)]));

        using var book = new ExcelBook(folder.File("a.xlsb"), "a.xlsb");

        Assert.Equal(("Täble", true), (book.Name, book.IsHidden));
        Assert.Equal(
            [
                "1:name|value", "3:one & <two>|-5", "4: second |123.45", "5:rich _x0041_ \u0001\r\n\uFFFD|0.1", "6:formula|2.5", "7:#N/A|#DIV/0!", "8:true|false", "9:|2024-02-29", "10:|1.5",
            ],
            book.Rows().Where(r => !ExcelTable.IsBlank(r.Cells)).Select(r => $"{r.Number}:{string.Join('|', r.Cells.Select(c => c.Display()))}"));
        Assert.Equal((9, 9, 0, 1), Assert.Single(book.Merged) is var merged ? (merged.FromRow, merged.ToRow, merged.FromColumn, merged.ToColumn) : default);
    }

    [Theory]
    [InlineData("twice")]
    [InlineData("far")]
    [InlineData("before")]
    [InlineData("cut")]
    [InlineData("huge")]
    [InlineData("infinite")]
    [InlineData("range")]
    public void What_no_workbook_has_is_refused(string what)
    {
        byte[][] records = what switch
        {
            "twice" => [Row(3), Row(3)],
            "far" => [Row(0), Cell(5, 16_384, F64(1))],
            "before" => [Cell(5, 0, F64(1))],
            "cut" => [Row(0), Cell(6, 0, U32(1_000))],
            "huge" => [Row(0), [6, 0xFF, 0xFF, 0xFF, 0x7F, 1]],
            "infinite" => [Row(0), Cell(5, 0, F64(double.PositiveInfinity))],
            _ => [Row(0), Record(176, [.. U32(2), .. U32(1), .. U32(0), .. U32(1)])],
        };
        Write(records);

        var error = Assert.Throws<SourceException>(() => Cells(folder.File("a.xlsb")));

        Assert.StartsWith("The Excel file \"", error.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_workbooks_are_read_or_refused_with_one_clear_error()
    {
        Write(Row(0), Cell(6, 0, Text("name")), Cell(7, 1, U32(0)), Row(1), Cell(2, 0, U32(7)), Cell(5, 1, F64(45_351), style: 1));
        var parts = Parts();
        const int Seed = 12;
        var random = new Random(Seed);
        for (var round = 0; round < 200; round++)
        {
            var file = folder.File($"{round}.xlsb");
            using (var zip = ZipFile.Open(file, ZipArchiveMode.Create))
            {
                var damaged = random.Next(parts.Count);
                for (var i = 0; i < parts.Count; i++)
                {
                    var bytes = (byte[])parts[i].Bytes.Clone();
                    for (var change = 0; i == damaged && change < 3; change++)
                    {
                        bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                    }

                    Add(zip, parts[i].Name, i == damaged && round % 4 == 0 ? bytes[..random.Next(bytes.Length)] : bytes);
                }
            }

            try
            {
                Cells(file);
            }
            catch (SourceException refused)
            {
                Assert.StartsWith("The Excel file \"", refused.Message, StringComparison.Ordinal);
            }

            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_source_reads_it_as_any_workbook()
    {
        Write(Row(0), Cell(6, 0, Text("name")), Cell(6, 1, Text("day")), Row(1), Cell(7, 0, U32(0)), Cell(5, 1, F64(45_351), style: 1));
        var source = new ExcelSource(new() { FilePath = "a.xlsb" });
        var inputs = new FolderInputs([folder.Path], folder.Path);
        var shard = await source.ListShardsAsync(inputs, new ShardCut(), CancellationToken.None).SingleAsync();

        var batch = (await source.ReadAsync(inputs, shard, null, CancellationToken.None)).Batch;

        Assert.Equal("name, day", batch.Schema.Names);
        Assert.Equal(("one & <two>", "2024-02-29"), (batch["name"].Display(0), batch["day"].Display(0)));
    }

    static List<string> Cells(string file)
    {
        using var book = new ExcelBook(file, file);
        var cells = new List<string>();
        do
        {
            cells.Add($"{book.Name} {book.IsHidden} {string.Join(' ', book.Merged.Select(m => $"{m.FromRow} {m.ToRow} {m.FromColumn} {m.ToColumn}"))}");
            foreach (var (number, row) in book.Rows())
            {
                cells.AddRange(row.Select((cell, column) => (cell, column)).Where(c => c.cell.Kind != ExcelKind.Missing).Select(c => $"{number} {c.column} {c.cell.Kind} {c.cell.Display()}"));
            }
        }
        while (book.NextSheet());
        return cells;
    }

    List<(string Name, byte[] Bytes)> Parts()
    {
        using var zip = ZipFile.OpenRead(folder.File("a.xlsb"));
        return [.. zip.Entries.Select(entry =>
        {
            using var stream = entry.Open();
            var bytes = new byte[entry.Length];
            stream.ReadExactly(bytes);
            return (entry.FullName, bytes);
        })];
    }

    void Write(params byte[][] sheet)
    {
        using var zip = ZipFile.Open(folder.File("a.xlsb"), ZipArchiveMode.Create);
        Add(zip, "xl/workbook.bin", [.. Record(131, []), .. Record(156, [.. U32(1), .. U32(1), .. Text("r1"), .. Text("Täble")]), .. Record(132, [])]);
        Add(zip, "xl/_rels/workbook.bin.rels", Encoding.UTF8.GetBytes("""
            <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
            <Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.bin"/>
            <Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.bin"/>
            <Relationship Id="r3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="/xl/sharedStrings.bin"/></Relationships>
            """));
        Add(
            zip, "xl/styles.bin",
            [
                .. Record(44, [.. U16(164), .. Text("yyyy\\-mm\\-dd")]), .. Record(626, U32(1)), .. Record(47, [.. U16(0xFFFF), .. U16(14), .. new byte[12]]), .. Record(627, []), .. Record(617, U32(3)),
                .. Record(47, [.. U16(0), .. U16(0), .. new byte[12]]), .. Record(47, [.. U16(0), .. U16(164), .. new byte[12]]), .. Record(47, [.. U16(0), .. U16(2), .. new byte[12]]), .. Record(618, []),
            ]);
        Add(zip, "xl/sharedStrings.bin", [.. Record(159, [.. U32(2), .. U32(2)]), .. Record(19, [0, .. Text("one & <two>")]), .. Record(19, [1, .. Text(" second "), .. new byte[8]]), .. Record(160, [])]);
        Add(zip, "xl/worksheets/sheet1.bin", [.. Record(129, []), .. Record(145, []), .. sheet.SelectMany(r => r), .. Record(146, []), .. Record(130, [])]);
    }

    static byte[] Row(uint number) => Record(0, [.. U32(number), .. new byte[13]]);

    static byte[] Cell(int type, uint column, byte[] value, uint style = 0) => Record(type, [.. U32(column), .. U32(style), .. value]);

    static byte[] Record(int type, byte[] bytes) =>
        [.. type < 0x80 ? new[] { (byte)type } : [(byte)(type | 0x80), (byte)(type >> 7)], .. bytes.Length < 0x80 ? new[] { (byte)bytes.Length } : [(byte)(bytes.Length | 0x80), (byte)(bytes.Length >> 7)], .. bytes];

    static byte[] Text(string text) => [.. U32((uint)text.Length), .. text.SelectMany(c => U16(c))];

    static byte[] U16(int value) => [(byte)value, (byte)(value >> 8)];

    static byte[] U32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    static byte[] F64(double value) => BitConverter.GetBytes(value);

    static void Add(ZipArchive zip, string name, byte[] content)
    {
        using var stream = zip.CreateEntry(name).Open();
        stream.Write(content);
    }
}
