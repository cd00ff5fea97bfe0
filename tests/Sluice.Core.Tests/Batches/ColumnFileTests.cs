using System.Text;
using Sluice.Batches;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Batches;

public sealed class ColumnFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(20_000)]
    public void Every_value_comes_back_to_the_bit(int rows)
    {
        foreach (var nulls in new[] { 0, 0.2, 1 })
        {
            var batch = RandomBatches.Of(rows, rows + (int)(nulls * 10), nulls);
            var file = folder.File($"{rows}-{nulls}");

            var (bytes, _) = ColumnFile.Write(batch, file, default);

            Assert.Equal(new FileInfo(file).Length, bytes);
            RandomBatches.AssertSame(batch, ColumnFile.Read(file, null, default));
        }
    }

    [Fact]
    public void Columns_that_are_asked_for_are_read_in_the_order_of_the_file()
    {
        var batch = RandomBatches.Of(3000, 5);
        var file = Written(batch);

        var wanted = new HashSet<string> { "name", "count" };
        RandomBatches.AssertSame(batch.Select(wanted), ColumnFile.Read(file, wanted, default));
        var none = ColumnFile.Read(file, new HashSet<string>(), default);
        Assert.Equal((0, 3000), (none.Schema.Count, none.Rows));
        var refused = Assert.Throws<DataException>(() => ColumnFile.Read(file, new HashSet<string> { "nobody" }, default));
        Assert.StartsWith("Column 'nobody' does not exist. It has: flag, count", refused.Message);
    }

    [Fact]
    public void Bits_past_the_last_row_and_a_bitmap_without_a_null_do_not_show()
    {
        var schema = new Schema([new("v", ColumnType.Int64)]);
        Batch Of(ulong[]? bits) => new(schema, [new ValueColumn<long>(ColumnType.Int64, [7, 0, 9], bits)], 3);

        Assert.Equal(Hash(Of([0b101])), Hash(Of([~0b010UL])));
        Assert.Equal(Hash(Of(null)), Hash(Of([ulong.MaxValue])));
        Assert.NotEqual(Hash(Of(null)), Hash(Of([0b101])));
    }

    [Theory]
    [InlineData("nothing", "its first bytes are not those of a batch")]
    [InlineData("other", "its first bytes are not those of a batch")]
    [InlineData("length", "its header cannot have")]
    [InlineData("json", "its header is no JSON")]
    [InlineData("rows", "its header contradicts itself")]
    [InlineData("cut", "it ends too early")]
    [InlineData("offsets", "the lengths of its texts do not add up")]
    public void A_damaged_file_is_refused(string damage, string expected)
    {
        var file = Written(new Batch(new Schema([new("t", ColumnType.Text)]), [TextColumn.Of("one", "two", "three")], 3));
        var bytes = File.ReadAllBytes(file);
        var header = BitConverter.ToInt32(bytes, 8);
        switch (damage)
        {
            case "nothing":
                bytes = [];
                break;
            case "other":
                bytes[0]++;
                break;
            case "length":
                bytes[14] = 1;
                break;
            case "json":
                bytes[16] = (byte)'[';
                break;
            case "rows":
                bytes = [.. bytes[..16], .. Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes, 16, header).Replace("\"Rows\":3", "\"Rows\":4", StringComparison.Ordinal)), .. bytes[(16 + header)..]];
                break;
            case "cut":
                bytes = bytes[..^10];
                break;
            case "offsets":
                bytes[^(8 + 8 + 4)]++;
                break;
        }

        File.WriteAllBytes(file, bytes);

        var refused = Assert.Throws<DataException>(() => ColumnFile.Read(file, null, default));

        Assert.Contains(expected, refused.Message);
        Assert.StartsWith($"The file \"{file}\" is not a batch, or is damaged: ", refused.Message);
    }

    [Fact]
    public void Text_that_is_not_utf8_is_refused_with_its_place()
    {
        var batch = new Batch(new Schema([new("t", ColumnType.Text)]), [new TextColumn([(byte)'a', 0xFF], [0, 1, 2], 2)], 2);

        var refused = Assert.Throws<DataException>(() => ColumnFile.Write(batch, folder.File("a"), default));

        Assert.StartsWith("Column 't', row 2 holds text that is not UTF-8, found bytes 'ff'.", refused.Message);
        Assert.Empty(folder.Names());
    }

    string Written(Batch batch)
    {
        var file = folder.File("batch");
        ColumnFile.Write(batch, file, default);
        return file;
    }

    string Hash(Batch batch) => ColumnFile.Write(batch, folder.File(Guid.NewGuid().ToString("N")), default).Sha256;
}
