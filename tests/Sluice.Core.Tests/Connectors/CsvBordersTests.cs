using Sluice.Connectors;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Connectors;

public sealed class CsvBordersTests
{
    [Fact]
    public void Finds_every_record_of_a_file_longer_than_an_int_counts()
    {
        const int Every = 4 << 20, Records = (int.MaxValue / Every) + 64;
        using var folder = new TemporaryFolder();
        var file = folder.File("long.csv");
        using (var writer = new FileStream(file, FileMode.CreateNew))
        {
            // The file has holes: little of it is on the disk.
            for (var record = 1; record <= Records; record++)
            {
                writer.Position = ((long)record * Every) - 1;
                writer.WriteByte((byte)'\n');
            }
        }

        using var scan = new TextScan(file, "utf-8", 0);
        var borders = new CsvBorders(scan, new CsvDialect(',', '"', null, "utf-8", Trim: false), null);
        var found = 0;
        while (borders.Next())
        {
            found += borders.Count;
        }

        Assert.Equal(Records, found);
    }
}
